// Web push on this device: asks the browser for leave, subscribes, and sends what it hands out as a plain form.
// <section data-push data-worker="…" data-key="address of the public key" data-denied data-unsupported data-failed>
// with <form data-push-form hidden>, <p data-push-said> that speaks of JavaScript at first, and the list: <li data-device="hash of an endpoint">
// with [data-push-here] and <form data-push-stop> whose button carries data-stop, its words on the device itself.
const place = document.querySelector("[data-push]");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const mark = async (text) => {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(hash.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

const subscribe = async (manager, form) => {
  const token = form.elements.csrfmiddlewaretoken.value;
  const answer = await fetch(place.dataset.key, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: token }) });
  if (!answer.ok) throw new Error(String(answer.status));
  const wanted = { userVisibleOnly: true, applicationServerKey: bytes((await answer.json()).key) };
  try {
    return await manager.subscribe(wanted);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    await (await manager.getSubscription())?.unsubscribe(); // it was made with a key that this house has no more
    return manager.subscribe(wanted);
  }
};

const begin = async (form, say) => {
  if (await Notification.requestPermission() !== "granted") return say(place.dataset.denied);
  await navigator.serviceWorker.register(place.dataset.worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const { endpoint, keys } = (await subscribe(pushManager, form)).toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  return form.submit();
};

const here = async (entry, subscription) => {
  entry.querySelector("[data-push-here]").hidden = false;
  const form = entry.querySelector("[data-push-stop]");
  const button = form.querySelector("button");
  button.textContent = button.dataset.stop;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await subscription.unsubscribe().catch(() => false); // the list is what counts
    form.submit();
  });
};

const attach = async () => {
  const form = place.querySelector("[data-push-form]");
  const said = place.querySelector("[data-push-said]");
  const say = (sentence) => { said.textContent = sentence; said.hidden = !sentence; };
  say("");
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return say(place.dataset.unsupported);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    say("");
    try { await begin(form, say); } catch { say(place.dataset.failed); } finally { button.disabled = false; }
  });
  const registration = await navigator.serviceWorker.getRegistration();
  const subscription = await registration?.pushManager.getSubscription();
  const entry = subscription && place.querySelector(`[data-device="${await mark(subscription.endpoint)}"]`);
  if (entry) here(entry, subscription); else form.hidden = false;
};

if (place) attach();

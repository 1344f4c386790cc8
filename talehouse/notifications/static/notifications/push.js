// Web push on this device: asks the browser for leave, subscribes, and sends what it hands out as a plain form.
// <section data-push data-worker="…" data-denied data-unsupported data-failed>
// with <form data-push-form hidden>, <p data-push-said> that speaks of JavaScript at first, and the list: <li data-device="hash of an endpoint">
// with [data-push-here] and <form data-push-stop> whose button carries data-stop, its words on the device itself.
const place = document.querySelector("[data-push]");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const mark = async (text) => {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(hash.slice(0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
};

// Which subscription of whom the house knows here ({owner, token, endpoint}): a service may give the browser another
// address, and a session is followed by a new one; the house is told of both by the next page that is opened.
const KNOWN = "talehouse.push";
const DEVICES = "/settings/notifications/devices/";
const me = document.querySelector("[data-owner][data-token]")?.dataset;
const known = () => { try { return JSON.parse(localStorage.getItem(KNOWN)); } catch { return null; } };
const remember = (endpoint) => { try { localStorage.setItem(KNOWN, JSON.stringify({ owner: me.owner, token: me.token, endpoint })); } catch { /* no room */ } };
const forget = () => { try { localStorage.removeItem(KNOWN); } catch { /* there was none */ } };
const post = (address, fields) => fetch(address, { method: "POST", redirect: "error", body: new URLSearchParams({ ...fields, form_token: me.token }) });

const subscribe = async (manager) => {
  const answer = await post(`${DEVICES}key/`, {});
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

const renew = async (before) => {
  const manager = (await navigator.serviceWorker.getRegistration())?.pushManager;
  if (!manager || Notification.permission !== "granted") { forget(); return; }
  const subscription = (await manager.getSubscription()) ?? (await subscribe(manager));
  if (subscription.endpoint === before.endpoint && me.token === before.token) return;
  const { endpoint, keys: { p256dh, auth } } = subscription.toJSON();
  const answer = await post(`${DEVICES}renew/`, { old: before.endpoint, endpoint, p256dh, auth });
  if (answer.ok) remember(endpoint);
  if (answer.status === 404) { forget(); await subscription.unsubscribe(); } // it was taken out elsewhere
};

const begin = async (form, say) => {
  if (await Notification.requestPermission() !== "granted") return say(place.dataset.denied);
  await navigator.serviceWorker.register(place.dataset.worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const { endpoint, keys } = (await subscribe(pushManager)).toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.p256dh.value = keys.p256dh;
  form.elements.auth.value = keys.auth;
  remember(endpoint); // before leaving: the next page may be another one than the list
  return form.submit();
};

const here = async (entry, subscription) => {
  entry.querySelector("[data-push-here]").hidden = false;
  const form = entry.querySelector("[data-push-stop]");
  const button = form.querySelector("button");
  button.textContent = button.dataset.stop;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    forget();
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
  const listed = async (endpoint) => place.querySelector(`[data-device="${await mark(endpoint)}"]`);
  const before = mine && known() ? mine.endpoint : ""; // the list may be older than what has just been told
  const entry = subscription && ((await listed(subscription.endpoint)) ?? (await listed(before)));
  if (!entry) { form.hidden = false; return; }
  here(entry, subscription);
  if (!mine) renew({ endpoint: subscription.endpoint, token: "" }).catch(() => {});
};

const kept = me && known();
const mine = kept?.owner === me?.owner ? kept : null;
const renewed = mine && renew(mine).catch(() => {}); // no connection: the next page tells it
if (place) Promise.resolve(renewed).then(attach);

// Signing out by choice: first what waits here is sent, or saved to a file if that fails; then nothing of this person
// stays on the device. A session that ends by itself never comes through here.
const form = document.querySelector("form[data-leaving]");
const PREFIX = "talehouse.";
const mine = document.querySelector("[data-owner]")?.dataset.owner ?? "";

// The editor's unsent copies that are mine; with `remove` they go. Those of other people on this device stay.
const COPIES = "talehouse-writing";
const copies = async ({ remove = false } = {}) => {
  if (!(await indexedDB.databases?.())?.some((one) => one.name === COPIES)) return [];
  const promised = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
  const opened = await promised(indexedDB.open(COPIES));
  const kept = opened.transaction("copies", remove ? "readwrite" : "readonly").objectStore("copies");
  const found = (await promised(kept.getAll())).filter((copy) => copy.owner === mine);
  if (remove) for (const copy of found) await promised(kept.delete(copy.id));
  opened.close();
  return found;
};

// What each room keeps here by whose it is: {"<owner>:…": …}, or [{owner, …}]. Those of others stay where they are.
const OWNED = ["talehouse.votes", "talehouse.places", "talehouse.places.unsent", "talehouse.comments.unsent", "talehouse.comments.drafts"];
const WAITING = OWNED.filter((name) => !["talehouse.places", "talehouse.comments.drafts"].includes(name));
const parted = (name) => {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(name)); } catch { /* broken: nobody's */ }
  if (Array.isArray(kept)) return [kept.filter((one) => one.owner === mine), kept.filter((one) => one.owner !== mine)];
  const part = (own) => Object.fromEntries(Object.entries(kept ?? {}).filter(([key]) => key.startsWith(`${mine}:`) === own));
  return [part(true), part(false)];
};
const size = (kept) => (Array.isArray(kept) ? kept.length : Object.keys(kept).length);
const waiting = async () => {
  const found = {};
  for (const name of WAITING) {
    const [own] = parted(name);
    if (size(own)) found[name] = own;
  }
  const unsent = await copies().catch(() => []);
  if (unsent.length) found[COPIES] = unsent;
  return found;
};
const save = (found) => {
  const file = new Blob([JSON.stringify({ saved: new Date().toISOString(), waiting: found }, null, 1)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: "talehouse-not-sent.json" });
  link.click();
};

const unsubscribe = async (registration) => (await registration?.pushManager?.getSubscription())?.unsubscribe();
const wipeWorker = async (registration) => {
  const worker = registration?.active;
  if (!worker) return;
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    worker.postMessage({ do: "wipe" }, [port2]);
  });
};
const wipe = async () => {
  const registration = await navigator.serviceWorker?.getRegistration();
  await Promise.allSettled([unsubscribe(registration), wipeWorker(registration)]);
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage).filter((one) => one.startsWith(PREFIX))) {
      const others = OWNED.includes(name) ? parted(name)[1] : {};
      if (size(others)) storage.setItem(name, JSON.stringify(others));
      else storage.removeItem(name);
    }
  }
  await copies({ remove: true }).catch(() => {});
};

const leave = async () => { await wipe(); form.submit(); };

if (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    // The scripts of each room send what they have when they hear this; it gets four seconds.
    dispatchEvent(new Event("online"));
    let found = await waiting();
    for (let tries = 0; tries < 20 && Object.keys(found).length; tries += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 200); });
      found = await waiting();
    }
    if (!Object.keys(found).length) { await leave(); return; }
    const dialog = document.getElementById("leaving");
    dialog.querySelector("[data-save]").onclick = async () => { save(found); await leave(); };
    dialog.showModal();
  });
}

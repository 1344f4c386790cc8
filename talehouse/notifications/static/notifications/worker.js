// In the service worker: what is pushed is shown, and a tap opens it; when the browser's service gives it another
// address, the house is told.
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data.json(); } catch { /* a browser wants to see something for each push */ }
  const { title, body, url, tag, lang } = told;
  event.waitUntil(self.registration.showNotification(title || self.location.host, { body: body || "", tag: tag || "", lang: lang || "", data: { url } }));
});

const open = async (url) => {
  let there = new URL("/notifications/", self.location.origin);
  try { there = new URL(url, self.location.origin); } catch { /* then to the list */ }
  if (there.origin !== self.location.origin) there = new URL("/notifications/", self.location.origin);
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const shown = windows.find((one) => one.url === there.href);
  return shown ? shown.focus() : self.clients.openWindow(there.href);
};

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/notifications/"));
});

// Only for whoever is signed in: everybody else is led to another page, and that fails. Then, or without a connection,
// the next page that is opened sees to it (push.js).
const DEVICES = "/settings/notifications/devices/";
const renew = async (old, fresh) => {
  const page = await fetch("/settings/notifications/", { redirect: "error" });
  const [, token] = /data-token="([0-9a-f]+)"/.exec(await page.text());
  const post = async (address, fields) => {
    const answer = await fetch(address, { method: "POST", redirect: "error", body: new URLSearchParams({ ...fields, form_token: token }) });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  };
  const anew = async () => {
    const { key } = await (await post(`${DEVICES}key/`, {})).json();
    return self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  };
  const { endpoint, keys: { p256dh, auth } } = (fresh ?? await anew()).toJSON();
  await post(`${DEVICES}renew/`, { old, endpoint, p256dh, auth });
};

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(event.oldSubscription?.endpoint ?? "", event.newSubscription).catch(() => {}));
});

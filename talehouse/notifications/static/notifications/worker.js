// In the service worker: what is pushed is shown, and a tap opens it.
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

// In the service worker: stories that somebody keeps on this device, and what is shown without a connection.
//
// Caches: "talehouse-shell:<version>" holds the offline page and its files; "talehouse-kept:<owner>" the pages of the
// kept stories, with every file that they need, so that they open as they were. IndexedDB "talehouse-kept" holds a
// record for each story (owner, id, title, parts with versions and sizes) and whose this device is. Only what belongs
// to its owner is ever shown; a session that ends by itself changes nothing, another account gets a shelf of its own.
const SHELL = "talehouse-shell:";
const KEPT = (owner) => `talehouse-kept:${owner}`;
const OFFLINE = "/offline/";
const MOST_PARTS = 3000;
const PATIENCE = 5000; // milliseconds that a kept page waits for the network
const PART = /^\/(parts|stories)\/(\d+)(?:-[^/]*)?\/$/;
const nameOf = (address) => { const found = PART.exec(new URL(address, self.location.origin).pathname); return found && `/${found[1]}/${found[2]}/`; };
const withQuery = (address, wanted) => {
  const url = new URL(address, self.location.origin);
  for (const [name, value] of Object.entries(wanted)) if (value) url.searchParams.set(name, value);
  return url.href;
};

// The records

const promised = (request) => new Promise((resolve, reject) => { request.onsuccess = () => resolve(request.result); request.onerror = () => reject(request.error); });
let opened = null;
const database = () => (opened ??= new Promise((resolve, reject) => {
  const asked = indexedDB.open("talehouse-kept", 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("stories", { keyPath: ["owner", "id"] });
    asked.result.createObjectStore("facts", { keyPath: "name" });
  };
  asked.onsuccess = () => { asked.result.onversionchange = () => { asked.result.close(); opened = null; }; resolve(asked.result); };
  asked.onerror = () => reject(asked.error);
}).catch((error) => { opened = null; throw error; }));
const store = async (name, mode = "readonly") => (await database()).transaction(name, mode).objectStore(name);
const change = async (name, act) => {
  const place = await store(name, "readwrite");
  const done = new Promise((resolve, reject) => { place.transaction.oncomplete = resolve; place.transaction.onabort = () => reject(place.transaction.error ?? new Error("aborted")); });
  act(place);
  return done;
};
const recordOf = async (owner, id) => promised((await store("stories")).get([owner, id]));
const recordsOf = async (owner) => (await promised((await store("stories")).getAll())).filter((one) => one.owner === owner);
const whose = async () => (await promised((await store("facts")).get("owner")))?.value ?? "";

// What was kept without an account belongs to whoever signs in first.
const takeOver = async (owner) => {
  for (const record of await recordsOf("")) {
    await change("stories", (stories) => { stories.delete(["", record.id]); stories.put({ ...record, owner }); });
  }
  if (!(await caches.has(KEPT("")))) return;
  const from = await caches.open(KEPT(""));
  const to = await caches.open(KEPT(owner));
  for (const request of await from.keys()) await to.put(request, await from.match(request));
  await caches.delete(KEPT(""));
};
const belongsTo = async (owner) => {
  const before = await whose();
  if (!owner || owner === before) return;
  await change("facts", (facts) => facts.put({ name: "owner", value: owner }));
  if (!before) await takeOver(owner);
};

// Fetching

class Gone extends Error {}
class NoRoom extends Error {}
class Notice extends Error {} // the story asks first, and nobody has said yes

const FILES = /(?:href|src)="(\/(?:static|media|faces)\/[^"]+)"/g;
const plain = (address) => address.replaceAll("&amp;", "&");
// An answer that was redirected may not be shown as a page, so it is made anew.
const copyOf = async (answer) => {
  const body = await answer.blob();
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length", "set-cookie"]) headers.delete(name);
  return { size: body.size, body, made: new Response(body, { status: 200, headers }) };
};
const put = async (cache, name, answer) => {
  try { await cache.put(name, answer); } catch (error) { throw error.name === "QuotaExceededError" ? new NoRoom() : error; }
};
const fetchPage = async (address, options) => {
  const answer = await fetch(address, { cache: "no-cache", ...options });
  if ([401, 403, 404, 410].includes(answer.status)) throw new Gone();
  if (!answer.ok) throw new Error(String(answer.status));
  const copy = await copyOf(answer);
  return { ...copy, text: await copy.body.text() };
};
const putPage = async (cache, name, address, options = {}, version = "") => {
  let page = await fetchPage(address, options);
  // Pages that are kept for everybody may be a second behind what the house has just told.
  for (let tries = 0; version && tries < 3 && !page.text.includes(`data-version="${version}"`); tries += 1) {
    await new Promise((resolve) => { setTimeout(resolve, 1200); });
    page = await fetchPage(address, options);
  }
  let bytes = page.size;
  for (const [, file] of page.text.matchAll(FILES)) bytes += await putFile(cache, plain(file), options);
  await put(cache, name, page.made);
  return bytes;
};
// Returns its size; files that all pages share count for none of them.
const putFile = async (cache, address, options = {}) => {
  const counts = !address.startsWith("/static/");
  const before = await cache.match(address);
  if (before) return counts ? (await before.blob()).size : 0;
  const answer = await fetch(address, options).catch(() => null);
  if (!answer?.ok) return 0; // a picture that is missing spoils no text
  const { size, made } = await copyOf(answer);
  await put(cache, address, made);
  return counts ? size : 0;
};

const shells = async () => (await caches.keys()).filter((name) => name.startsWith(SHELL));
const makeShell = async () => {
  const options = { credentials: "omit" }; // as for a visitor: it names nobody
  const answer = await fetch(OFFLINE, { cache: "no-cache", ...options });
  if (!answer.ok) throw new Error(String(answer.status));
  const version = /data-app="([0-9a-z]+)"/.exec(await answer.clone().text())?.[1] ?? "1";
  await putPage(await caches.open(SHELL + version), OFFLINE, OFFLINE, options);
  for (const name of await shells()) if (name !== SHELL + version) await caches.delete(name);
};

const detailsOf = async (id, { key, show, owner }) => {
  const answer = await fetch(withQuery(`/offline/stories/${id}/`, { key, show, owner }), { cache: "no-store" });
  if (answer.status === 401) throw new Error("signed out"); // the session has ended: that takes nothing away
  if ([403, 404, 410].includes(answer.status)) throw new Gone();
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

// Keeping

const tell = async (told) => { for (const one of await self.clients.matchAll({ includeUncontrolled: true })) one.postMessage(told); };

const roomFor = async (parts) => {
  if (parts > MOST_PARTS) throw new NoRoom();
  const { quota, usage } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota && usage > quota * 0.95) throw new NoRoom();
};

// Brings what is kept of a story up to date. Each part is whole or not there; what was there before stays until its
// successor has arrived. A story that is kept for the first time and does not fit is taken away again.
const keep = async (id, wish) => {
  const owner = await whose();
  const before = await recordOf(owner, id);
  const { key = "", show = "" } = before ?? wish;
  const told = await detailsOf(id, { key, show, owner });
  if (told.notice) throw new Notice();
  const others = (await recordsOf(owner)).filter((one) => one.id !== id).reduce((sum, one) => sum + one.parts.length, 0);
  await roomFor(others + told.parts.length);
  const cache = await caches.open(KEPT(owner));
  const parts = [];
  const record = { owner, id, key, show, app: told.app, title: told.title, language: told.language, url: told.url, cover: told.cover, total: told.parts.length, parts, at: before?.at ?? Date.now(), checked: Date.now() };
  try {
    record.bytes = await putPage(cache, nameOf(told.url), withQuery(told.url, { show }));
    if (told.cover) record.bytes += await putFile(cache, told.cover);
    for (const part of told.parts) {
      if ((await whose()) !== owner) throw new Gone(); // signed out meanwhile
      const old = before?.app === told.app && before.parts.find((one) => one.id === part.id && one.version === part.version);
      const bytes = old && (await cache.match(nameOf(part.url))) ? old.bytes : await putPage(cache, nameOf(part.url), withQuery(part.url, { show }), {}, part.version);
      parts.push({ ...part, bytes });
      await tell({ keeping: id, done: parts.length, of: told.parts.length });
    }
  } catch (error) {
    if (!before && error instanceof NoRoom) await forget(cache, record);
    else await write({ ...record, parts: [...parts, ...(before?.parts ?? []).filter((old) => !parts.some((one) => one.id === old.id) && told.parts.some((one) => one.id === old.id))] });
    throw error;
  }
  for (const old of before?.parts ?? []) if (!parts.some((one) => one.id === old.id)) await cache.delete(nameOf(old.url));
  await write(record);
  return record;
};
// Only while this is their device: whoever signed out meanwhile leaves nothing behind.
const write = async (record) => {
  const both = (await database()).transaction(["stories", "facts"], "readwrite");
  const done = new Promise((resolve, reject) => { both.oncomplete = resolve; both.onabort = () => reject(both.error ?? new Error("aborted")); });
  const asked = both.objectStore("facts").get("owner");
  const bytes = (record.bytes ?? 0) + record.parts.reduce((sum, part) => sum + part.bytes, 0);
  asked.onsuccess = () => { if ((asked.result?.value ?? "") === record.owner) both.objectStore("stories").put({ ...record, bytes }); };
  return done;
};

// Its pages go; files that no other kept page needs go with them.
const forget = async (cache, record) => {
  for (const part of record.parts) await cache.delete(nameOf(part.url));
  await cache.delete(nameOf(record.url));
  await change("stories", (stories) => stories.delete([record.owner, record.id]));
  await sweep(cache, record.owner);
};
const sweep = async (cache, owner) => {
  const left = await recordsOf(owner);
  const needed = new Set(left.map((one) => one.cover).filter(Boolean));
  for (const address of left.flatMap((one) => [one.url, ...one.parts.map((part) => part.url)])) {
    const page = await cache.match(nameOf(address));
    for (const [, file] of (await page?.text() ?? "").matchAll(FILES)) needed.add(plain(file));
  }
  for (const request of await cache.keys()) {
    const url = new URL(request.url);
    if (!nameOf(url.href) && !needed.has(url.pathname + url.search)) await cache.delete(request);
  }
};
const drop = async (id) => {
  const owner = await whose();
  const record = await recordOf(owner, id);
  if (record) await forget(await caches.open(KEPT(owner)), record);
};

// At each contact: new and changed parts arrive, and what may not be read any more goes.
let syncing = null;
const sync = () => (syncing ??= (async () => {
  const owner = await whose();
  const removed = [];
  let [arrived, renewed] = [0, false];
  for (const before of await recordsOf(owner)) {
    try {
      const now = await keep(before.id, before);
      renewed ||= now.app !== before.app;
      arrived += now.parts.filter((part) => !before.parts.some((old) => old.id === part.id)).length;
    } catch (error) {
      if (error instanceof Gone) { removed.push(before.title); await drop(before.id); } else if (!(error instanceof NoRoom || error instanceof Notice)) break;
    }
  }
  if (renewed) await sweep(await caches.open(KEPT(owner)), owner);
  const [shell] = await shells();
  const newest = (await recordsOf(owner))[0]?.app;
  if (!shell || (newest && shell !== SHELL + newest)) await makeShell().catch(() => {});
  return { removed, arrived };
})().finally(() => { syncing = null; }));

// A chosen sign-out: nothing of this owner stays on the device. What is being kept right now stops by itself when it
// sees that the device is nobody's any more.
const wipe = async () => {
  const owner = await whose();
  await change("facts", (facts) => facts.delete("owner"));
  await Promise.allSettled([...running]);
  for (const record of await recordsOf(owner)) await change("stories", (stories) => stories.delete([owner, record.id]));
  await caches.delete(KEPT(owner));
};
const running = new Set();
const watched = (work) => { running.add(work); work.catch(() => {}).finally(() => running.delete(work)); return work; };

const DOES = {
  owner: ({ owner }) => belongsTo(owner),
  keep: ({ story, key, show }) => watched(keep(story, { key, show })),
  drop: ({ story }) => drop(story),
  list: async () => recordsOf(await whose()),
  sync: () => watched(sync()),
  wipe,
};
self.addEventListener("message", (event) => {
  const port = event.ports[0];
  const act = DOES[event.data?.do];
  if (!act) return;
  event.waitUntil((async () => {
    try { port?.postMessage({ told: await act(event.data) }); } catch (error) { port?.postMessage({ failed: error instanceof NoRoom ? "room" : error instanceof Gone ? "gone" : error instanceof Notice ? "notice" : "connection" }); }
  })());
});
self.addEventListener("periodicsync", (event) => { if (event.tag === "keep") event.waitUntil(sync()); });

// Answering

const fromKept = async (name) => {
  const owner = await whose().catch(() => "");
  if (!(await caches.has(KEPT(owner)))) return undefined;
  return (await caches.open(KEPT(owner))).match(name, { ignoreVary: true });
};
const fromShell = async (name) => {
  for (const shell of await shells()) { const found = await (await caches.open(shell)).match(name, { ignoreVary: true }); if (found) return found; }
  return undefined;
};
const none = () => Response.error(); // the browser says it in its own words

const visit = async (event) => {
  const name = nameOf(event.request.url);
  const kept = name ? await fromKept(name).catch(() => undefined) : undefined;
  const asked = (async () => (await event.preloadResponse) || fetch(event.request))();
  if (!kept) return asked.catch(async () => (await fromShell(OFFLINE)) ?? none());
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE); });
  const answer = await Promise.race([asked, late]).catch(() => undefined);
  return answer && answer.status < 500 ? answer : kept;
};
const file = async (request, url) => {
  const name = url.pathname + url.search;
  return (await fromKept(name).catch(() => undefined)) ?? (await fromShell(name).catch(() => undefined)) ?? fetch(request);
};
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") event.respondWith(visit(event));
  else if (/^\/(static|media|faces)\//.test(url.pathname)) event.respondWith(file(event.request, url));
});
self.addEventListener("install", (event) => { event.waitUntil(makeShell().then(() => self.skipWaiting())); });
self.addEventListener("activate", (event) => { event.waitUntil(Promise.all([self.clients.claim(), self.registration.navigationPreload?.enable()])); });

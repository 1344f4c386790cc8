// No lost word: every change goes to this device at once, and to the server within three seconds of a pause.
const writing = (globalThis.writing ??= {});

const DEVICE_WAIT = 200;
const PAUSE = 2_000;
const LONGEST = 9_000;
const AGAIN = [3_000, 6_000, 12_000, 30_000];
const OUT_LOOK = 5_000;
const WAITING = new Set(["offline", "trouble", "full", "busy", "out", "other"]);

// `sheet`: fields() gives what is typed. `say(kind, told)` shows the state. Times are in milliseconds.
writing.keeper = ({ part, owner, tab, base, way, sheet, sender, say }) => {
  const { store } = writing;
  const id = `${part}:${tab}`;
  let version = 0, sent = 0, stored = 0;
  let since = 0, tries = 0;
  let state = "idle", noRoom = false, quarrel = null, decided = null, sending = null;
  let deviceTimer = 0, sendTimer = 0;

  const dirty = () => version > sent;
  const tell = (kind, told = {}) => { state = kind; say(kind, { ...told, noRoom }); };
  const copy = () => ({ id, part, owner, tab, base, way, at: Date.now(), fields: sheet.fields() });

  const keepHere = async () => {
    clearTimeout(deviceTimer);
    deviceTimer = 0;
    if (!dirty()) return;
    const now = version;
    try {
      await store.put(copy());
      stored = now;
      if (noRoom) { noRoom = false; say(state, { noRoom }); }
      if (!dirty()) await store.remove(id);
    } catch {
      if (!noRoom) { noRoom = true; say(state, { noRoom }); }
      plan(0);
    }
  };
  const forget = async () => {
    clearTimeout(deviceTimer);
    deviceTimer = 0;
    try { await store.remove(id); } catch { /* nothing was kept */ }
  };

  const plan = (wait) => {
    clearTimeout(sendTimer);
    sendTimer = setTimeout(() => send(), wait);
  };

  const changed = () => {
    version += 1;
    if (!since) since = Date.now();
    deviceTimer ||= setTimeout(keepHere, DEVICE_WAIT);
    if (quarrel) return;
    if (!WAITING.has(state)) {
      if (state !== "saving" && state !== "typing") tell("typing");
      plan(Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
    }
  };

  const acknowledged = async (now, told) => {
    sent = now;
    base = told.number;
    tries = 0;
    since = dirty() ? Date.now() : 0;
    if (dirty()) { tell("typing"); plan(PAUSE); await keepHere(); } else { tell("saved", told); await forget(); }
  };
  const failed = (told) => {
    tell(told.kind, told);
    if (told.kind === "out" || told.kind === "other") { clearTimeout(sendTimer); sendTimer = setTimeout(look, OUT_LOOK); }
    else if (WAITING.has(told.kind)) plan(told.kind === "busy" ? 15_000 : AGAIN[Math.min(tries++, AGAIN.length - 1)]);
  };
  // While nobody is signed in: has somebody come back?
  const look = async () => {
    const told = await sender.look();
    if (told.kind === "done") return send();
    return failed(told);
  };

  const deliver = async (by) => {
    const now = version;
    if (!WAITING.has(state)) tell("saving");
    const told = await sender.save(sheet.fields(), { base, tab, way, settles: decided, automatic: by === "hand" ? 0 : 1 });
    if (told.kind === "done") { decided = null; await acknowledged(now, told); }
    else if (told.kind === "conflict") { sent = now; quarrel = told; tell("conflict", told); if (!dirty()) await forget(); }
    else failed(told);
    return told;
  };
  const send = async (by = "itself") => {
    clearTimeout(sendTimer);
    if (sending) { const told = await sending; return by === "hand" && dirty() && told.kind === "done" ? send(by) : told; }
    if ((!dirty() && by !== "hand") || quarrel) return { kind: quarrel ? "conflict" : "done" };
    sending = deliver(by);
    try { return await sending; } finally { sending = null; }
  };

  // The two ways out of a conflict. Mine goes on from theirs, which stays among the revisions; to take theirs,
  // what was typed since is set aside first.
  const keepMine = async () => {
    base = quarrel.number;
    decided = quarrel.aside;
    quarrel = null;
    version += 1;
    state = "idle";
    return send("hand");
  };
  const takeTheirs = async () => {
    if (dirty()) {
      const told = await sender.save(sheet.fields(), { base, tab, way, automatic: 1 });
      if (told.kind !== "conflict" && told.kind !== "done") { failed(told); return false; }
      if (told.kind === "conflict") quarrel = told;
      sent = version;
    }
    await sender.settle(quarrel.aside);
    await forget();
    return true;
  };

  const leaving = () => {
    if (!dirty()) return;
    if (stored < version) keepHere();
    if (!quarrel && !WAITING.has(state)) sender.farewell(sheet.fields(), { base, tab, way, automatic: 1 });
  };
  addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { if (dirty()) { keepHere(); if (!WAITING.has(state)) send(); } }
    else if (WAITING.has(state) && dirty()) state === "out" || state === "other" ? look() : send();
  });
  addEventListener("focus", () => { if ((state === "out" || state === "other") && dirty()) look(); });
  addEventListener("online", () => { if (dirty() && WAITING.has(state)) { tries = 0; send(); } });
  addEventListener("beforeunload", (event) => { if (dirty()) { event.preventDefault(); event.returnValue = ""; } });

  // A copy of an earlier window that the server has set aside: it stands in the sheet now.
  const dispute = async (told) => { sent = version; quarrel = told; tell("conflict", told); await forget(); };

  return { changed, send, keepMine, takeTheirs, dispute, dirty, keepHere };
};

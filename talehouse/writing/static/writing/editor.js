// The editor's page: the sheets, the keeper of every word, and what is said about it.
const writing = (globalThis.writing ??= {});

const form = document.querySelector("form[data-writing]");
const said = (selector) => document.querySelector(selector);
const WAYS = new Set(["paper", "markdown", "html"]);
const SOON = new Set(["typing", "saving", "saved", "idle"]);

const clock = (moment) => moment.toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

// The line of state above, and the bars with what can be done. The live region tells changes for the worse and
// back, not every save.
const teller = () => {
  const state = said("[data-state]");
  const live = said("[data-live]");
  const bars = [...document.querySelectorAll("[data-when]")];
  let worse = false;
  const bar = (when, told = {}) => {
    const one = bars.find((found) => found.dataset.when === when);
    if (!one) return;
    for (const place of one.querySelectorAll("[data-told]")) place.textContent = told.error || place.dataset.told;
    if (told.time) for (const place of one.querySelectorAll("[data-time]")) place.textContent = told.time;
    const compare = one.querySelector("[data-compare]");
    if (compare && told.compare) compare.href = told.compare;
    one.hidden = false;
  };
  const hide = (...names) => bars.forEach((one) => { if (names.includes(one.dataset.when)) one.hidden = true; });
  const say = (kind, told = {}) => {
    const now = new Date();
    const words = (state.dataset[kind] || state.dataset.waiting).replace("{time}", clock(now));
    state.textContent = words;
    state.dataset.kind = SOON.has(kind) ? kind : "worse";
    if (kind !== "typing" && kind !== "saving") hide("offline", "trouble", "full", "busy", "out", "other", "gone", "refused", "conflict");
    if (!SOON.has(kind)) bar(kind, told);
    if (told.noRoom) bar("noroom");
    else hide("noroom");
    const bad = !SOON.has(kind);
    if (bad || (worse && kind === "saved")) live.textContent = words;
    if (kind !== "typing" && kind !== "saving") worse = bad;
  };
  return { say, bar, hide, live: (words) => { live.textContent = words; } };
};

// The title: one line that wraps, and Enter leads on to the text.
const titled = (title, onward) => {
  title.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    onward();
  });
  title.addEventListener("input", () => { if (title.value.includes("\n")) title.value = title.value.replace(/\s*\n\s*/g, " "); grow(title); });
  grow(title);
};
const grow = (area) => {
  if (CSS.supports("field-sizing", "content")) return;
  area.rows = 1;
  area.rows = Math.min(30, Math.ceil(area.scrollHeight / parseFloat(getComputedStyle(area).lineHeight)) || 1);
};

// Plain fields, for Markdown and HTML.
const plainSheet = (onChange) => {
  const names = ["title", "note_before", "text", "note_after"];
  names.forEach((name) => form.elements[name].addEventListener("input", onChange));
  return {
    fields: () => Object.fromEntries(names.map((name) => [name, form.elements[name].value])),
    put: (fields) => names.forEach((name) => { form.elements[name].value = fields[name] ?? ""; }),
    words: () => null,
  };
};

// Paper: ProseMirror comes only when it is wanted, from the address that the page names.
const paperSheet = async (onChange) => {
  const source = form.dataset.editor;
  const build = await import(source);
  const sheets = {};
  let active = null, toolbar = null;
  const paper = writing.paper(build, {
    changed: onChange,
    moved: (view) => { if (view === active) toolbar?.moved(); },
    focused: (view) => { active = view; toolbar?.moved(); },
    picture: (file) => toolbar.picture(file),
    act: (name) => toolbar.act(name),
  });
  for (const element of form.querySelectorAll("[data-sheet]"))
    sheets[element.dataset.sheet] = paper.sheet(element, { isNote: element.dataset.sheet !== "text" });
  active = sheets.text.view;
  toolbar = writing.toolbar(form, paper, sheets.text, () => active);
  const title = form.elements.title;
  titled(title, () => sheets.text.view.focus());
  title.addEventListener("input", onChange);
  form.dataset.ready = "";
  return {
    fields: () => ({ title: title.value, ...Object.fromEntries(Object.entries(sheets).map(([name, sheet]) => [name, sheet.html()])) }),
    put: (fields) => {
      title.value = fields.title ?? "";
      grow(title);
      for (const [name, sheet] of Object.entries(sheets)) sheet.put(fields[name] ?? "");
    },
    words: () => sheets.text.words(),
    sheets, paper,
  };
};

const counter = (sheet) => {
  const words = said("[data-words]");
  const minutes = said("[data-minutes]");
  let waiting = 0;
  const show = () => {
    waiting = 0;
    const number = sheet.words();
    if (number === null || !words) return;
    words.textContent = number.toLocaleString(document.documentElement.lang);
    minutes.textContent = writing.minutes(number, form.dataset.language);
  };
  return () => { waiting ||= setTimeout(show, 250); };
};

// Words of an earlier window that never reached the server: the newest come back to the page, older ones are
// handed in and stand among the revisions.
const bringBack = async ({ part, owner, tab, sheet, keeper, sender, tell, windows }) => {
  let copies = [];
  try { copies = await writing.store.of(part, owner); } catch { return; }
  if (!copies.length) return;
  const open = await windows.others();
  const lost = copies.filter((copy) => copy.tab !== tab && !open.has(copy.tab));
  if (!lost.length) return;
  const [newest, ...older] = lost;
  if (newest.way !== form.elements.way.value) { location.replace(`?as=${newest.way}`); return; }
  const time = new Date(newest.at).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
  const base = Number(form.elements.base.value) || null;
  const mine = newest.base === base || newest.tab === form.dataset.newestTab;
  const handIn = (copy) => sender.save(copy.fields, { base: copy.base, tab: copy.tab, way: copy.way, automatic: 1 });
  sheet.put(newest.fields);
  if (mine) {
    keeper.changed();
    await keeper.keepHere();
    tell.bar("found", { time });
    keeper.send();
  } else {
    const told = await handIn(newest);
    if (told.kind === "done") { await writing.store.remove(newest.id); location.reload(); return; }
    keeper.changed();
    await keeper.keepHere();
    if (told.kind === "conflict") { await keeper.dispute(told); tell.bar("foundaside", { time }); } else keeper.send();
  }
  await writing.store.remove(newest.id);
  for (const copy of older) {
    const told = await handIn(copy);
    if (told.kind === "done" || told.kind === "conflict") await writing.store.remove(copy.id);
  }
};

const begin = async () => {
  const { part, owner } = form.dataset;
  const tab = form.elements.tab.value;
  const way = form.elements.way.value;
  const tell = teller();
  let keeper = null, count = () => {};
  const changed = () => { keeper?.changed(); count(); };

  let sheet = null;
  try {
    sheet = way === "paper" ? await paperSheet(changed) : plainSheet(changed);
  } catch (error) {
    tell.bar("broken");
    throw error;
  }
  const sender = writing.sender({ address: form.dataset.keep, token: form.elements.csrfmiddlewaretoken.value, owner });
  keeper = writing.keeper({ part, owner, tab, way, sheet, sender, base: Number(form.elements.base.value) || null, say: tell.say });
  count = counter(sheet);
  const windows = writing.windows(part, tab);
  windows.onOther(() => tell.bar("elsewhere"));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-hides]")) event.target.closest("[data-when]").hidden = true;
  });

  const go = async (button) => {
    const told = await keeper.send("hand");
    if (told.kind !== "done") return;
    if (button === "publish") location.assign(form.dataset.publish);
    else if (WAYS.has(button)) location.assign(`?as=${button}`);
    else tell.live(said("[data-state]").textContent);
  };
  // The server puts a picture into plain fields, below what has just been saved.
  const withPicture = async () => {
    const told = await keeper.send("hand");
    if (told.kind !== "done") return;
    form.elements.base.value = told.number ?? form.elements.base.value;
    form.submit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.elements.picture?.value) withPicture();
    else go(event.submitter?.value || "");
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "s") return;
    event.preventDefault();
    go("");
  });
  said("[data-keep-mine]")?.addEventListener("click", () => { tell.hide("conflict", "foundaside"); keeper.keepMine(); });
  said("[data-take-theirs]")?.addEventListener("click", async () => { if (await keeper.takeTheirs()) location.reload(); });
  for (const one of document.querySelectorAll("[data-send]")) one.addEventListener("click", () => keeper.send());

  writing.page = { sheet, keeper };
  await bringBack({ part, owner, tab, sheet, keeper, sender, tell, windows });
  form.dataset.settled = "";
};

if (form) begin();

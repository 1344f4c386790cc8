// Reader settings: read from this device, shown in the form, applied and kept at once. Whoever has signed in has
// them on the account too: what was chosen last counts, on whichever device, unless this one keeps its own.
const KEY = "talehouse.reader";
const TOLD = "talehouse.reader.told";
const root = document.documentElement;
const DEFAULTS = { size: "3", leading: "3", speed: "1" };
const LOOKS = ["theme", "font", "size", "leading", "width", "gap", "align", "bubbles"];
const SHARED = [...LOOKS, "tap", "awake", "speed"];
const PAUSE = 800; // milliseconds after the last change, before it is sent
const forms = document.querySelectorAll("[data-settings]");
const account = document.querySelector("[data-my-settings]");

const parsed = (key) => { try { return JSON.parse(localStorage.getItem(key)) || {}; } catch { return {}; } };
const load = () => parsed(KEY);
const keep = (saved, key = KEY) => { try { localStorage.setItem(key, JSON.stringify(saved)); } catch { /* this page only */ } };

const apply = (saved) => {
  for (const key of LOOKS) {
    if (saved[key]) root.dataset[key] = saved[key];
    else delete root.dataset[key];
  }
  saved.bg = getComputedStyle(root).getPropertyValue("--bg").trim();
};

const chosen = (form) => {
  const saved = load();
  for (const field of form.elements) {
    if (!field.name || (field.type === "radio" && !field.checked)) continue;
    const value = field.type === "checkbox" && !field.checked ? "" : field.value;
    if (value && value !== DEFAULTS[field.name]) saved[field.name] = value;
    else delete saved[field.name];
  }
  return saved;
};

const show = (form, saved) => {
  for (const field of form.elements) {
    if (field.type === "radio") field.checked = field.value === (saved[field.name] || "");
    else if (field.type === "checkbox") field.checked = Boolean(saved[field.name]);
    else if (field.name) field.value = saved[field.name] || DEFAULTS[field.name];
  }
  form.querySelector("[data-can=wakeLock]")?.toggleAttribute("hidden", !("wakeLock" in navigator));
};
const showAll = () => forms.forEach((form) => show(form, load()));

// The screen stays awake while a page that wants it is in view; the browser lets go by itself when it is not.
const stayAwake = () => {
  if (load().awake && document.visibilityState === "visible" && document.querySelector("article[data-part]"))
    navigator.wakeLock?.request("screen").catch(() => {});
};

// `at`: when something was chosen here that the account has not heard of; `seen`: the account's time of what it
// kept when this device last heard of it. Both clocks are only ever compared with themselves.
const shared = () => Object.fromEntries(Object.entries(load()).filter(([key]) => SHARED.includes(key)));
let timer = 0;

const take = ({ settings, at }) => {
  const saved = load();
  for (const key of SHARED) delete saved[key];
  Object.assign(saved, settings);
  apply(saved);
  keep(saved);
  keep({ seen: at }, TOLD);
  showAll();
  stayAwake();
};

const send = async () => {
  clearTimeout(timer);
  const { at } = parsed(TOLD);
  if (!account || !at || load().alone) return;
  const answer = await fetch("/settings/reader/", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Form-Token": account.dataset.token },
    body: JSON.stringify({ settings: shared(), at, now: Date.now() }),
    keepalive: true,
  }).then((response) => (response.ok ? response.json() : null)).catch(() => null);
  if (answer && parsed(TOLD).at === at) take(answer);
};

const meet = () => {
  if (!account || load().alone) return;
  const theirs = JSON.parse(account.dataset.mySettings);
  const { at, seen } = parsed(TOLD);
  if (!at && theirs.at && theirs.at !== seen) take(theirs);
  if (!at && !theirs.at && Object.keys(shared()).length) keep({ at: Date.now() }, TOLD);
  send();
};

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.matches("[data-settings]")) return;
  const saved = chosen(form);
  apply(saved);
  keep(saved);
  stayAwake();
  if (target.name === "alone") { meet(); return; }
  keep({ ...parsed(TOLD), at: Date.now() }, TOLD);
  clearTimeout(timer);
  timer = setTimeout(send, PAUSE);
});
document.addEventListener("submit", (event) => { if (event.target.matches("[data-settings]")) event.preventDefault(); });
document.addEventListener("visibilitychange", () => { stayAwake(); if (document.visibilityState === "hidden") send(); });
addEventListener("online", send);
addEventListener("storage", (event) => { if (event.key === KEY) { apply(load()); showAll(); } });
showAll();
stayAwake();
meet();

const button = document.querySelector("[data-opens]");
const sheet = button && document.getElementById(button.dataset.opens);
if (sheet?.showPopover) {
  button.setAttribute("role", "button");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", (event) => { event.preventDefault(); sheet.togglePopover(); });
  button.addEventListener("keydown", (event) => {
    if (event.key === " ") { event.preventDefault(); button.click(); }
  });
  sheet.addEventListener("toggle", (event) => {
    const open = event.newState === "open";
    button.setAttribute("aria-expanded", String(open));
    (open ? sheet.querySelector("input:checked") : button).focus({ preventScroll: true });
  });
  sheet.querySelector("[data-closes]")?.addEventListener("click", () => sheet.hidePopover());
}

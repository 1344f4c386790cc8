// Reader settings: read from this device, shown in the form, applied and kept at once.
const KEY = "talehouse.reader";
const root = document.documentElement;
const DEFAULTS = { size: "3", leading: "3" };

const load = () => { try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; } };
const keep = (saved) => { try { localStorage.setItem(KEY, JSON.stringify(saved)); } catch { /* this page only */ } };

const apply = (saved) => {
  for (const key of ["theme", "font", "size", "leading", "width", "gap", "align"]) {
    if (saved[key]) root.dataset[key] = saved[key];
    else delete root.dataset[key];
  }
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
    else if (field.type === "range") field.value = saved[field.name] || DEFAULTS[field.name];
  }
  form.querySelector("[data-can=wakeLock]")?.toggleAttribute("hidden", !("wakeLock" in navigator));
};

// The screen stays awake while a page that wants it is in view; the browser lets go by itself when it is not.
const stayAwake = () => {
  if (load().awake && document.visibilityState === "visible" && document.querySelector("article[data-part]"))
    navigator.wakeLock?.request("screen").catch(() => {});
};

for (const form of document.querySelectorAll("[data-settings]")) {
  show(form, load());
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    const saved = chosen(form);
    apply(saved);
    saved.bg = getComputedStyle(root).getPropertyValue("--bg").trim();
    keep(saved);
    stayAwake();
  });
}
document.addEventListener("visibilitychange", stayAwake);
stayAwake();

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

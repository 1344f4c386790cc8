// Keys: arrows or j and k between parts, t contents, a settings, ? shows them all (c belongs to the comments).
const help = document.getElementById("keys");
const rightToLeft = document.documentElement.dir === "rtl";
const go = (selector) => document.querySelector(selector)?.click();

const ACTIONS = {
  j: () => go("[data-next]"),
  k: () => go("[data-previous]"),
  ArrowRight: () => go(rightToLeft ? "[data-previous]" : "[data-next]"),
  ArrowLeft: () => go(rightToLeft ? "[data-next]" : "[data-previous]"),
  t: () => go("[data-contents]"),
  a: () => go("[data-opens=reader-settings]"),
  "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const busy = event.target.closest?.("input, select, textarea, [contenteditable], dialog, [popover]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const action = ACTIONS[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
document.querySelector("[data-shows-keys]")?.addEventListener("click", () => help.showModal());

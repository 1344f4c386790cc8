/* Going from change to change: with buttons, and with j and k (or n and p). */
const page = document.querySelector("[data-compare]");
const walk = page?.querySelector("[data-walk]");
if (walk) {
  const changes = [...page.querySelectorAll("[data-change]")];
  const place = walk.querySelector("[data-walk-place]");
  let at = -1;

  const go = (step) => {
    at = Math.min(Math.max(at + step, 0), changes.length - 1);
    place.textContent = place.dataset.told.replace("{n}", at + 1).replace("{all}", changes.length);
    changes[at].focus({ preventScroll: true });
    changes[at].scrollIntoView({ block: "start" });
  };

  walk.querySelector("[data-walk-on]").addEventListener("click", () => go(1));
  walk.querySelector("[data-walk-back]").addEventListener("click", () => go(-1));
  changes.forEach((change, number) => change.addEventListener("focus", () => { at = number; }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
    const step = { n: 1, j: 1, p: -1, k: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    go(step);
  });
}

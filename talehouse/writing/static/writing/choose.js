// How many boxes are ticked; with Shift, all between two of them.
for (const form of document.querySelectorAll("form[data-chosen]")) {
  const count = form.querySelector("[data-tally]");
  const boxes = () => [...form.querySelectorAll("input[type=checkbox][name=part], input[type=checkbox][name=place]")];
  const tell = () => {
    const number = boxes().filter((box) => box.checked).length;
    if (count) count.textContent = number ? form.dataset.chosen.replace("{n}", number) : "";
  };
  let last = null;
  form.addEventListener("click", (event) => {
    const all = boxes();
    const place = all.indexOf(event.target);
    if (place < 0) return;
    if (event.shiftKey && last !== null && all.includes(last)) {
      const [from, to] = [all.indexOf(last), place].sort((a, b) => a - b);
      for (const box of all.slice(from, to + 1)) if (!box.disabled) box.checked = event.target.checked;
    }
    last = event.target;
    tell();
  });
  tell();
}
// A link in a field is chosen whole, to be copied.
for (const field of document.querySelectorAll("[data-copies]")) field.addEventListener("focus", () => field.select());
// A fold that the address names stands open.
const named = location.hash && document.getElementById(location.hash.slice(1));
if (named instanceof HTMLDetailsElement) named.open = true;

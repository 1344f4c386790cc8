// A list or covers: the choice is kept on this device.
const READER = "talehouse.reader";
const html = document.documentElement;
const buttons = document.querySelectorAll("[data-shows]");
const read = () => { try { return JSON.parse(localStorage.getItem(READER)) || {}; } catch { return {}; } };
const mark = () => buttons.forEach((button) =>
  button.setAttribute("aria-pressed", String(button.dataset.shows === (html.dataset.view || "list"))));

buttons.forEach((button) => button.addEventListener("click", () => {
  const saved = read();
  saved.view = html.dataset.view = button.dataset.shows;
  try { localStorage.setItem(READER, JSON.stringify(saved)); } catch { /* this page only */ }
  mark();
}));
mark();

// Beside the list there is room for the filters; above it they are folded away.
const filters = document.querySelector("[data-filters]");
if (filters && !matchMedia("(min-width: 66rem)").matches) filters.open = false;

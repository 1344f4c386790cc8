// A spoiler in a text opens by tap, Enter or space, and stays open. Without scripts it is shown as it is.
const text = document.querySelector("article[data-part][data-spoiler]");
const open = (spoiler) => {
  spoiler.classList.add("open");
  for (const name of ["role", "aria-label"]) spoiler.removeAttribute(name);
};

for (const spoiler of text?.querySelectorAll(".spoiler") || []) {
  spoiler.tabIndex = 0;
  spoiler.setAttribute("role", "button");
  spoiler.setAttribute("aria-label", text.dataset.spoiler);
  spoiler.addEventListener("click", () => open(spoiler));
  spoiler.addEventListener("keydown", (event) => {
    if (!["Enter", " "].includes(event.key) || spoiler.classList.contains("open")) return;
    event.preventDefault();
    open(spoiler);
  });
}

// Files can be dropped on the whole place; the chosen ones are listed by name.
for (const place of document.querySelectorAll("[data-drop]")) {
  const input = place.querySelector("input[type=file]");
  const list = place.querySelector("[data-drop-list]");
  const over = (is) => (event) => { event.preventDefault(); place.classList.toggle("over", is); };
  const names = () => list.replaceChildren(...[...input.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = file.name;
    return item;
  }));
  place.addEventListener("dragover", over(true));
  place.addEventListener("dragleave", over(false));
  place.addEventListener("drop", (event) => {
    over(false)(event);
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    names();
  });
  input.addEventListener("change", names);
}

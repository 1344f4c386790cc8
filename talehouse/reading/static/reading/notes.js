// A footnote that was opened leads back to the paragraph in which it was called. Without scripts, the browser's own way back does.
const text = document.querySelector("article[data-part][data-back]");

text?.addEventListener("click", (event) => {
  const call = event.target.closest("a.fn[href^='#fn-']");
  const note = call && document.getElementById(call.hash.slice(1));
  const paragraph = call?.closest("[id^='b-']");
  if (!note || !paragraph || note.contains(call)) return;
  const way = note.querySelector(".way-back") || document.createElement("a");
  way.className = "way-back";
  way.href = `#${paragraph.id}`;
  way.textContent = "↩";
  way.setAttribute("aria-label", text.dataset.back);
  const paragraphs = note.querySelectorAll("p");
  ([...paragraphs].at(-1) ?? note).append(" ", way);
});

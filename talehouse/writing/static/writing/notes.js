// A form for a note opens beside its paragraph. What is typed stays in this window until the note is kept.

const page = document.querySelector("[data-notes]");
const template = document.querySelector("[data-note-form]");

if (page && template) {
  const KEY = (form) => {
    const block = form.elements.block, note = form.elements.note;
    return `talehouse.note:${page.dataset.notes}:${note ? `n${note.value}` : block.value}`;
  };
  const SENT = "talehouse.note.sent";

  if (location.hash.startsWith("#n-")) {
    sessionStorage.removeItem(sessionStorage.getItem(SENT) || "");
  }
  sessionStorage.removeItem(SENT);

  const watch = (form) => {
    const text = form.querySelector("textarea");
    if (!text.value) text.value = sessionStorage.getItem(KEY(form)) || "";
    text.addEventListener("input", () => sessionStorage.setItem(KEY(form), text.value));
    form.addEventListener("submit", () => sessionStorage.setItem(SENT, KEY(form)));
    form.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.querySelector("button").click();
    });
  };
  document.querySelectorAll(".note-form").forEach(watch);

  const open = (link) => {
    const block = link.closest(".block");
    const stretch = link.closest(".stretch");
    const beside = stretch && stretch.querySelector(":scope > .beside");
    const home = beside && block.parentElement === stretch ? beside : block;
    let form = home.querySelector(":scope > .note-form");
    if (!form) {
      form = template.content.firstElementChild.cloneNode(true);
      form.elements.block.value = link.dataset.noteOn;
      home.append(form);
      watch(form);
      const close = () => { form.remove(); link.focus(); };
      form.querySelector("[data-cancel]").addEventListener("click", (event) => {
        event.preventDefault();
        sessionStorage.removeItem(KEY(form));
        close();
      });
      form.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    }
    form.querySelector("textarea").focus();
  };

  page.addEventListener("click", (event) => {
    const link = event.target.closest("[data-note-on]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
}

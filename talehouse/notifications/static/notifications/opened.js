// What is opened from the list has been read: following a new line's link sends what its button would send.
// <ol data-told> with <li class="new"><a href>…</a><form></form></li>
const told = document.querySelector("[data-told]");
const open = async (event) => {
  const line = event.target.closest("a")?.closest("li.new");
  const form = line?.querySelector("form");
  if (!form || event.button > 1) return; // the right button only opens a menu
  const body = new URLSearchParams(new FormData(form));
  body.set("js", "1");
  const answer = await fetch(form.action, { method: "POST", body, keepalive: true }).catch(() => null);
  if (!answer?.ok) return; // it stays new, and has its button
  line.classList.remove("new");
  line.querySelector("a .vh")?.remove();
  form.remove();
};
told?.addEventListener("click", open);
told?.addEventListener("auxclick", open);

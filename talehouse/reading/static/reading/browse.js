// While somebody types a tag, tags that would still give results are offered, with how many; and on a small window the
// filters begin folded.
// A synonym that was typed is named. Browsers show only what has the typed letters, so those stand there where it has not.
const said = (tag, typed) => ([tag.name, tag.called].some((name) => name.toLowerCase().includes(typed.toLowerCase())) ? tag.called : typed);

for (const form of document.querySelectorAll("form[data-offers]")) {
  const field = form.querySelector("input[list]");
  let asked = 0;
  field.addEventListener("input", async () => {
    const mine = ++asked;
    await new Promise((done) => { setTimeout(done, 150); });
    const typed = field.value.trim();
    if (mine !== asked || !typed) return;
    const query = new URLSearchParams(new FormData(form));
    query.delete("tag");
    query.set("typed", typed);
    try {
      const answer = await fetch(`${form.dataset.offers}?${query}`);
      if (!answer.ok || mine !== asked) return;
      const { tags } = await answer.json();
      field.list.replaceChildren(...tags.map((tag) => {
        const option = document.createElement("option");
        option.value = tag.name;
        option.label = [tag.kind, tag.stories.toLocaleString(), said(tag, typed)].filter(Boolean).join(" · ");
        return option;
      }));
    } catch { /* the field works without offers */ }
  });
}

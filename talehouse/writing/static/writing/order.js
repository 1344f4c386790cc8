// Parts are put in order by dragging the grip, or by the arrow buttons without loading the page anew.
for (const form of document.querySelectorAll("form[data-parts]")) {
  const list = form.querySelector(".part-list");
  const says = form.querySelector("[data-says]");
  const say = (text) => { says.textContent = text; };
  const rows = () => [...list.children];
  const ids = () => rows().map((row) => row.dataset.id).join(",");
  let kept = ids();

  const number = () => rows().forEach((row, place, all) => {
    row.querySelector(".no").textContent = place + 1;
    const [up, down] = row.querySelectorAll(".step");
    if (up) up.disabled = place === 0;
    if (down) down.disabled = place === all.length - 1;
  });

  let sending = Promise.resolve();
  const keep = (row) => {
    number();
    const order = ids();
    if (order === kept) return;
    kept = order;
    say(form.dataset.moved.replace("{title}", row.dataset.title).replace("{n}", rows().indexOf(row) + 1));
    sending = sending.then(async () => {
      if (order !== kept) return;
      const body = new FormData();
      body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.set("do", "order");
      body.set("order", order);
      try {
        const answer = await fetch(location.pathname, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
        if (!answer.ok) throw new Error(String(answer.status));
        form.dispatchEvent(new CustomEvent("kept"));
      } catch {
        say(form.dataset.failed);
        says.classList.remove("vh");
        says.classList.add("errorlist");
      }
    });
  };

  list.addEventListener("click", (event) => {
    const button = event.target.closest(".step");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const up = button.value.startsWith("up-");
    if (up && row.previousElementSibling) row.previousElementSibling.before(row);
    else if (!up && row.nextElementSibling) row.nextElementSibling.after(row);
    keep(row);
    (button.disabled ? row.querySelector(".step:not(:disabled)") : button)?.focus();
  });

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    const row = grip.closest("li");
    row.classList.add("held");
    list.classList.add("moving");
    const follow = (move) => {
      const over = rows().find((other) => {
        const box = other.getBoundingClientRect();
        return other !== row && move.clientY > box.top && move.clientY < box.bottom;
      });
      if (over) {
        const box = over.getBoundingClientRect();
        const below = rows().indexOf(over) > rows().indexOf(row);
        if (below && move.clientY > box.top + box.height / 3) over.after(row);
        else if (!below && move.clientY < box.bottom - box.height / 3) over.before(row);
      }
      if (move.clientY < 60) scrollBy(0, -14);
      else if (move.clientY > innerHeight - 60) scrollBy(0, 14);
    };
    const drop = () => {
      row.classList.remove("held");
      list.classList.remove("moving");
      removeEventListener("pointermove", follow);
      removeEventListener("pointerup", drop);
      removeEventListener("pointercancel", drop);
      keep(row);
    };
    addEventListener("pointermove", follow);
    addEventListener("pointerup", drop);
    addEventListener("pointercancel", drop);
  });
}

// A line of names divided by commas becomes chips, with names of others while one types.
const SPLIT = /\s*(?:"((?:[^"]|"")*)"\s*(?=,|$)|([^,]*))(?:,|$)/g;
const read = (line) => [...line.matchAll(SPLIT)]
  .map(([, quoted, plain]) => (quoted === undefined ? plain : quoted.replaceAll('""', '"')).trim().replace(/\s+/g, " "))
  .filter((name, place, all) => name && all.indexOf(name) === place);
const write = (names) => names
  .map((name) => (name.includes(",") || name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name)).join(", ");
const same = (one, other) => one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;

for (const form of document.querySelectorAll("form[data-suggest]")) {
  const says = document.createElement("p");
  says.className = "vh";
  says.setAttribute("role", "status");
  form.append(says);
  for (const field of form.querySelectorAll("input[data-suggests]")) chips(form, field, says);
}

function chips(form, field, says) {
  const kind = field.dataset.suggests;
  const names = read(field.value);
  const place = document.createElement("div");
  const entry = document.createElement("input");
  const offers = document.createElement("ul");
  place.className = "tag-line";
  offers.className = "offers";
  offers.id = `offers-${kind}`;
  offers.hidden = true;
  offers.setAttribute("role", "listbox");
  offers.setAttribute("aria-label", form.querySelector(`label[for="${field.id}"]`).textContent.trim());
  entry.id = field.id;
  for (const [name, value] of Object.entries({
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": offers.id, maxlength: "150",
    ...(field.getAttribute("aria-describedby") ? { "aria-describedby": field.getAttribute("aria-describedby") } : {}),
  })) entry.setAttribute(name, value);
  field.type = "hidden";
  field.removeAttribute("id");
  field.after(place);
  place.append(entry, offers);

  const tell = (text, name) => { says.textContent = text.replace("{name}", name); };
  const draw = () => {
    for (const old of place.querySelectorAll(".chip")) old.remove();
    for (const name of names) {
      const chip = document.createElement("span");
      const words = document.createElement("bdi");
      const button = document.createElement("button");
      chip.className = "chip";
      words.textContent = name;
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", form.dataset.remove.replace("{name}", name));
      button.addEventListener("click", () => { remove(name); entry.focus(); });
      chip.append(words, button);
      entry.before(chip);
    }
    field.value = write(names);
  };
  const add = (text) => {
    for (const name of read(text)) {
      if (names.some((known) => same(known, name))) continue;
      names.push(name);
      tell(form.dataset.added, name);
    }
    entry.value = "";
    close();
    draw();
  };
  const remove = (name) => {
    names.splice(names.indexOf(name), 1);
    tell(form.dataset.removed, name);
    draw();
  };

  let asked = 0;
  let at = -1;
  const close = () => { asked += 1; at = -1; offers.hidden = true; offers.replaceChildren(); entry.setAttribute("aria-expanded", "false"); entry.removeAttribute("aria-activedescendant"); };
  const mark = (next) => {
    const all = [...offers.children];
    at = all.length ? (next + all.length) % all.length : -1;
    all.forEach((item, number) => item.setAttribute("aria-selected", String(number === at)));
    if (at >= 0) { entry.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
  };
  const show = (tags) => {
    offers.replaceChildren(...tags.filter((tag) => !names.some((known) => same(known, tag.name))).map((tag, number) => {
      const item = document.createElement("li");
      const words = document.createElement("bdi");
      const uses = document.createElement("small");
      item.id = `${offers.id}-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.name = tag.name;
      words.textContent = tag.name;
      uses.textContent = tag.stories === 1 ? form.dataset.usesOne : form.dataset.uses.replace("{n}", tag.stories.toLocaleString());
      item.append(words, uses);
      return item;
    }));
    at = -1;
    offers.hidden = !offers.children.length;
    entry.setAttribute("aria-expanded", String(!offers.hidden));
  };
  const ask = async () => {
    const mine = ++asked;
    const typed = entry.value.trim();
    if (!typed) return close();
    await new Promise((done) => setTimeout(done, 120));
    if (mine !== asked) return;
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ kind, q: typed })}`);
      if (answer.ok && mine === asked) show((await answer.json()).tags);
    } catch { close(); }
  };

  entry.addEventListener("input", () => { if (entry.value.includes(",") && !entry.value.trim().startsWith('"')) add(entry.value); else ask(); });
  entry.addEventListener("blur", () => { if (entry.value.trim()) add(entry.value); else close(); });
  entry.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (offers.hidden) return;
      event.preventDefault();
      mark(at + (event.key === "ArrowDown" ? 1 : at < 0 ? 0 : -1));
    } else if (event.key === "Enter") {
      if (!entry.value.trim()) return;
      event.preventDefault();
      add(at >= 0 ? write([offers.children[at].dataset.name]) : entry.value);
    } else if (event.key === "Escape" && !offers.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Backspace" && !entry.value && names.length) {
      remove(names.at(-1));
    }
  });
  offers.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    add(write([item.dataset.name]));
  });
  draw();
}

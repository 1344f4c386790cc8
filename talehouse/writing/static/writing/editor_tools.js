// The tools above the paper: one toolbar for all sheets, its dialogs, and the line for finding.
const writing = (globalThis.writing ??= {});

const root = document.documentElement;

// One stop for the Tab key; arrows move between the buttons.
const walkable = (bar, buttons) => {
  const step = (to) => {
    const next = buttons.at(to < 0 ? to : to % buttons.length);
    buttons.forEach((button) => { button.tabIndex = button === next ? 0 : -1; });
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  buttons.forEach((button, at) => { button.tabIndex = at ? -1 : 0; });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    if (at < 0) return;
    const forward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const backward = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const to = { [forward]: at + 1, [backward]: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    step(to);
  });
};

// A dialog with a form: resolves with its values, or with null when it is closed otherwise.
const asked = (dialog, values = {}) => new Promise((resolve) => {
  const form = dialog.querySelector("form");
  form.reset();
  const error = dialog.querySelector("[data-error]");
  if (error) error.hidden = true;
  for (const [name, value] of Object.entries(values)) if (form.elements[name]) form.elements[name].value = value;
  let chosen = null;
  form.onsubmit = (event) => { chosen = event.submitter?.value || "ok"; };
  dialog.onclose = () => resolve(chosen && chosen !== "close" ? { chosen, ...Object.fromEntries(new FormData(form)) } : null);
  dialog.returnValue = "";
  dialog.showModal();
  (form.querySelector("[autofocus]") || form.elements[0])?.select?.();
});

const fullScreen = (button) => {
  const show = (is) => {
    root.toggleAttribute("data-full", is);
    button?.setAttribute("aria-pressed", String(is));
  };
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) show(false); });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.hasAttribute("data-full") && !document.fullscreenElement && !event.defaultPrevented) show(false);
  });
  return () => {
    const is = !root.hasAttribute("data-full");
    show(is);
    if (is) root.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
  };
};

// The line for finding, over the sheet of the text.
const findLine = (place, finder, view) => {
  const [query, put] = place.querySelectorAll("input");
  const count = place.querySelector("[data-count]");
  const tell = () => {
    const { found, now } = finder.at(view.state);
    count.textContent = !query.value ? "" : found.length
      ? place.dataset.nth.replace("{n}", now + 1).replace("{of}", found.length) : place.dataset.none;
  };
  const close = () => { place.hidden = true; finder.end(view); view.focus(); };
  const acts = {
    next: () => finder.step(view, 1),
    previous: () => finder.step(view, -1),
    replace: () => finder.replace(view, put.value, false),
    all: () => {
      const number = finder.replace(view, put.value, true);
      tell();
      count.textContent = place.dataset.replaced.replace("{n}", number);
    },
    close,
  };
  query.addEventListener("input", () => { finder.look(view, query.value); tell(); });
  place.addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    acts[act]();
    if (act !== "all" && act !== "close") tell();
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { event.preventDefault(); close(); }
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    acts[event.target === put ? "replace" : event.shiftKey ? "previous" : "next"]();
    tell();
  });
  return {
    open() {
      place.hidden = false;
      const { from, to } = view.state.selection;
      const chosen = view.state.doc.textBetween(from, to, " ");
      if (chosen && chosen.length < 100) query.value = chosen;
      query.focus();
      query.select();
      finder.look(view, query.value);
      tell();
    },
  };
};

const sent = async (dialog, form, address, token) => {
  const error = dialog.querySelector("[data-error]");
  const body = new FormData();
  body.append("picture", form.picture);
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "X-CSRFToken": token, Accept: "application/json" }, credentials: "same-origin" });
    const told = await answer.json();
    if (answer.ok) return told;
    error.textContent = told.error;
  } catch { error.textContent = error.dataset.failed; }
  error.hidden = false;
  return null;
};

writing.toolbar = (form, paper, text, active) => {
  const bar = form.querySelector("[role=toolbar]");
  const buttons = [...bar.querySelectorAll("[data-tool]")];
  const button = (name) => buttons.find((one) => one.dataset.tool === name);
  const dialog = (name) => document.getElementById(`ask-${name}`);
  const { tools, commands } = paper;
  const line = findLine(form.querySelector("[data-find]"), paper.finder, text.view);
  const run = (command) => { const view = active(); paper.step(command)(view.state, view.dispatch); view.focus(); };

  const link = async () => {
    const said = await asked(dialog("link"), { href: tools.hrefHere(active().state) });
    if (!said) return active().focus();
    let href = said.chosen === "remove" ? "" : said.href.trim();
    if (href && !/^[a-z]+:/i.test(href)) href = href.includes("@") && !href.includes("/") ? `mailto:${href}` : `https://${href}`;
    run(tools.link(href));
  };
  const ruby = async () => {
    const here = tools.rubyHere(active().state);
    const said = here && await asked(dialog("ruby"), here);
    if (!said || !said.base.trim() || !said.reading.trim()) return active().focus();
    run(tools.ruby(said.base.trim(), said.reading.trim()));
  };
  const picture = async (file) => {
    const ask = dialog("picture");
    const waiting = asked(ask);
    const input = ask.querySelector("input[type=file]");
    if (file) {
      const carried = new DataTransfer();
      carried.items.add(file);
      input.files = carried.files;
    }
    ask.querySelector("form").onsubmit = async (event) => {
      if (event.submitter?.value === "close") return;
      event.preventDefault();
      const values = Object.fromEntries(new FormData(event.target));
      ask.toggleAttribute("data-busy", true);
      const told = await sent(ask, values, form.dataset.pictures, form.elements.csrfmiddlewaretoken.value);
      ask.removeAttribute("data-busy");
      if (!told) return;
      ask.close();
      const { view } = text;
      tools.picture({ src: told.url, alt: values.alt.trim(), width: String(told.width), height: String(told.height) })(view.state, view.dispatch);
      view.focus();
    };
    await waiting;
  };
  const acts = { link, ruby, picture: () => picture(), find: () => line.open(), full: fullScreen(button("full")) };
  const act = (name) => (acts[name] ? acts[name]() : run(commands[name]));

  const refresh = () => {
    const view = active();
    for (const one of buttons) {
      const name = one.dataset.tool;
      const can = (!view.isNote || one.dataset.notes === "1") && (tools.can[name]?.(view.state) ?? true);
      one.setAttribute("aria-disabled", String(!can));
      if (tools.states[name]) one.setAttribute("aria-pressed", String(Boolean(tools.states[name](view.state))));
    }
  };
  let waiting = 0;
  const moved = () => { waiting ||= setTimeout(() => { waiting = 0; refresh(); }, 60); };

  bar.addEventListener("mousedown", (event) => { if (event.target.closest("[data-tool]")) event.preventDefault(); });
  bar.addEventListener("click", (event) => {
    const one = event.target.closest("[data-tool]");
    if (one && one.getAttribute("aria-disabled") !== "true") act(one.dataset.tool);
  });
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog[open]")) return;
    const name = { f: event.shiftKey ? "full" : "find" }[event.key.toLowerCase()];
    if (!name) return;
    event.preventDefault();
    act(name);
  });
  walkable(bar, buttons);
  refresh();
  return { moved, act, picture };
};

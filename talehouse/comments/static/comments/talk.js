// Comments beside the text: bubbles in the margin, a sheet that keeps the place, words that were selected.
const article = document.querySelector("article[data-part][data-talks]");
const places = article ? [...article.children].filter((block) => block.id.startsWith("b-") && block.tagName !== "HR") : [];
const said = article?.dataset ?? {};
const keyOfBlock = (block) => block.id.slice(2);
const query = new URLSearchParams(location.search).get("key");
const address = (block) => `${said.talks}?${new URLSearchParams({ ...(block && { block }), ...(query && { key: query }) })}`;

// What somebody writes is kept on this device until the archive has it: an ok answer in the sheet, elsewhere the page of
// the new comment (#c-…), to which the form that was sent leads. What is being changed is newer here than on its page.
const SENT = "talehouse.comments.sent";
const SAID = /^#c-(\d+)$/;
// "talehouse.comments.drafts" is {"<owner>:<where>": {text, at}}, with the mark of [data-owner] ("" for a guest).
const DRAFTS = "talehouse.comments.drafts";
const LASTS = 30 * 24 * 60 * 60 * 1000; // one that nobody has touched for so long goes
const me = document.querySelector("[data-owner][data-token]")?.dataset ?? { owner: "" };
const drafts = () => {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(DRAFTS)); } catch { /* broken: none */ }
  return Object.fromEntries(Object.entries(kept ?? {}).filter(([, one]) => one?.text && one.at > Date.now() - LASTS));
};
const draftOf = (name) => drafts()[`${me.owner}:${name}`]?.text ?? "";
const keepDraft = (name, text) => {
  const kept = drafts();
  if (text) kept[`${me.owner}:${name}`] = { text, at: Date.now() };
  else if (name) delete kept[`${me.owner}:${name}`];
  try { if (Object.keys(kept).length) localStorage.setItem(DRAFTS, JSON.stringify(kept)); else localStorage.removeItem(DRAFTS); } catch { /* no room */ }
};
keepDraft("", ""); // those that are too old go
const dropDrafts = (form) => { for (const area of form.querySelectorAll("[data-draft]")) keepDraft(area.dataset.draft, ""); };
try {
  const sent = JSON.parse(sessionStorage.getItem(SENT));
  sessionStorage.removeItem(SENT);
  if (sent && sent.from !== location.href && SAID.test(location.hash)) keepDraft(sent.name, "");
} catch { /* it stays kept */ }
const keepDrafts = (root) => {
  for (const area of root.querySelectorAll("textarea[data-draft]")) {
    const name = area.dataset.draft;
    if (!area.value || name.startsWith("edit-")) area.value = draftOf(name) || area.value;
    area.addEventListener("input", () => keepDraft(name, area.value));
    area.form.addEventListener("submit", (event) => {
      if (event.submitter?.name === "preview" || area.closest("#talk-sheet")) return;
      try { sessionStorage.setItem(SENT, JSON.stringify({ name, from: location.href })); } catch { /* it stays kept */ }
    });
  }
  for (const link of root.querySelectorAll("[data-drops-draft]")) link.addEventListener("click", () => keepDraft(link.dataset.dropsDraft, ""));
};

// A spoiler opens by tap, Enter or space, and stays open. Its words are not read aloud before.
const spoilers = (root) => {
  for (const spoiler of root.querySelectorAll(".said-text .spoiler")) {
    Object.assign(spoiler, { tabIndex: 0, role: "button", ariaLabel: document.querySelector("[data-spoiler]")?.dataset.spoiler });
  }
};
const unveil = (event) => {
  const spoiler = event.target.closest?.(".said-text .spoiler:not(.open)");
  if (!spoiler || (event.type === "keydown" && ![" ", "Enter"].includes(event.key))) return;
  event.preventDefault();
  spoiler.classList.add("open");
  for (const name of ["role", "aria-label"]) spoiler.removeAttribute(name);
};
document.addEventListener("click", unveil);
document.addEventListener("keydown", unveil);
const prepare = (root) => { keepDrafts(root); spoilers(root); };
for (const talk of document.querySelectorAll("[data-talk]")) prepare(talk);

// A comment that could not be sent waits on this device, and is sent from any page, but only by whoever wrote it:
// "talehouse.comments.unsent" is [{owner, at, url, fields, tries}], with the mark of [data-owner] ("" for a guest).
const UNSENT = "talehouse.comments.unsent";
const TRIES = 5; // what the archive refuses so often is not sent any more
const unsent = () => { try { return JSON.parse(localStorage.getItem(UNSENT)) || []; } catch { return []; } };
const remember = (list) => {
  try { if (list.length) localStorage.setItem(UNSENT, JSON.stringify(list)); else localStorage.removeItem(UNSENT); } catch { /* no room */ }
};
const waitWith = (url, fields) => {
  for (const name of ["csrfmiddlewaretoken", "form_token", "js"]) fields.delete(name);
  const at = Date.now();
  remember([...unsent(), { owner: me.owner, at, url, fields: fields.toString(), tries: 0 }]);
  return unsent().some((one) => one.at === at);
};
let sending = false;
const sendUnsent = async () => {
  const guests = document.querySelector("[data-say] [name=csrfmiddlewaretoken]")?.value; // a guest's form brings one
  const token = me.token ? ["form_token", me.token] : guests && ["csrfmiddlewaretoken", guests];
  if (sending || !token) return;
  sending = true;
  let sent = 0;
  for (const one of unsent().filter((other) => other.owner === me.owner)) {
    const fields = new URLSearchParams(one.fields);
    fields.set("js", "1");
    fields.set(...token);
    const answer = await fetch(one.url, { method: "POST", body: fields }).catch(() => null);
    if (!answer || answer.status >= 500) break; // no connection: it waits
    if (answer.status === 403 || (!answer.ok && one.tries + 1 < TRIES)) { // signed out meanwhile, or refused for now
      remember(unsent().map((other) => (other.at === one.at ? { ...other, tries: other.tries + Number(answer.status !== 403) } : other)));
      continue;
    }
    remember(unsent().filter((other) => other.at !== one.at || other.owner !== one.owner));
    sent += Number(answer.ok);
  }
  sending = false;
  if (sent) document.dispatchEvent(new CustomEvent("talehouse:said"));
};

const sheet = document.getElementById("talk-sheet");
if (article && sheet) {
  const body = sheet.querySelector("[data-talk-body]");
  let chosen = null; // words that were selected, and the block that they are in
  let opener = null;

  const load = async (url, options = {}) => {
    body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(url, { ...options, headers: { "X-Sheet": "1", ...options.headers } });
      const text = await answer.text();
      if (answer.headers.get("Content-Type")?.startsWith("text/html") && answer.status < 500) body.innerHTML = text;
      else throw new Error(answer.status);
      prepare(body);
      if (!me.owner) sendUnsent();
    } catch {
      body.replaceChildren(Object.assign(document.createElement("p"), { className: "muted", textContent: said.failed }));
    }
    body.removeAttribute("aria-busy");
  };

  const open = async (block, from, comment) => {
    opener = from;
    for (const other of article.querySelectorAll(".talked")) other.classList.remove("talked");
    document.getElementById(`b-${block}`)?.classList.add("talked");
    sheet.dataset.block = block;
    if (!sheet.matches(":popover-open")) sheet.showPopover();
    const words = chosen?.block === block ? chosen : null;
    const more = words ? `&${new URLSearchParams({ quote: words.exact, start: words.start })}` : "";
    await load(address(block) + more);
    (comment ? document.getElementById(comment) : body.querySelector("textarea, a, button"))?.focus({ preventScroll: !comment });
  };
  sheet.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    article.querySelector(".talked")?.classList.remove("talked");
    opener?.focus({ preventScroll: true });
  });
  sheet.querySelector("[data-closes-talk]").addEventListener("click", () => sheet.hidePopover());

  // Links and forms of the sheet stay in it.
  body.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-order], a[data-more]");
    if (!link) return;
    event.preventDefault();
    load(new URL(link.getAttribute("href"), new URL(said.talks, location.href)).href);
  });
  body.addEventListener("submit", async (event) => {
    const form = event.target;
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    if (fields.has("preview")) { await load(form.action, { method: "POST", body: fields }); body.querySelector(".look")?.focus(); return; }
    if (form.matches("[data-say]")) {
      if (!navigator.onLine) { keepUnsent(form, fields); return; }
      fields.set("js", "1");
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { "X-Sheet": "1" } }).catch(() => null);
      if (answer?.ok) { dropDrafts(form); chosen = null; await load(address(sheet.dataset.block)); count(); return; }
      if (answer && answer.status < 500) { refused(await answer.text()); return; }
      keepUnsent(form, fields);
      return;
    }
    // The page to which it leads is not asked for: it would show what only this sheet or another page is to tell.
    const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" }).catch(() => null);
    const done = answer?.ok || answer?.type === "opaqueredirect";
    if (done) article.dispatchEvent(new CustomEvent("done"));
    if (done) { await load(address(sheet.dataset.block)); count(); }
  });

  const tell = (text) => body.prepend(Object.assign(document.createElement("p"), { className: "say small", role: "alert", textContent: text }));
  const keepUnsent = (form, fields) => {
    if (!waitWith(form.action, fields)) { tell(said.refused); return; }
    dropDrafts(form);
    tell(said.later);
  };
  // A refusal is a sheet with the words in it; anything else (a key that ran out, a part that is gone) leaves the form as it is.
  const refused = (text) => {
    if (!text.startsWith('<div class="talk"')) { tell(said.refused); return; }
    body.innerHTML = text;
    prepare(body);
  };

  // Bubbles. A list keeps its bubble in its last item; a table has none, its words can be selected.
  const bubbles = new Map();
  const home = (block) => (["UL", "OL"].includes(block.tagName) ? block.lastElementChild : block.tagName === "TABLE" ? null : block);
  const bubble = (block, number) => {
    if (!home(block)) return;
    const button = bubbles.get(block) ?? document.createElement("button");
    button.className = number ? "bubble lit" : "bubble";
    button.type = "button";
    button.setAttribute("aria-label", (number === 1 ? said.one : number ? said.many : said.none).replace("{n}", number));
    button.textContent = number || "";
    if (button.isConnected) return;
    bubbles.set(block, button);
    button.addEventListener("click", () => open(keyOfBlock(block), button));
    home(block).append(button);
  };
  const count = async () => {
    const answer = await fetch(`/parts/${said.part}/bubbles/${query ? `?key=${encodeURIComponent(query)}` : ""}`).catch(() => null);
    const { blocks } = answer?.ok ? await answer.json() : { blocks: {} };
    for (const block of places) bubble(block, blocks[keyOfBlock(block)] || 0);
  };

  // Words that are selected within one block can be commented on, and marked (the library hears of them).
  const tools = document.getElementById("talk-bar");
  const tool = document.getElementById("talk-here");
  const offset = (block, node, at) => {
    const range = document.createRange();
    range.selectNodeContents(block);
    range.setEnd(node, at);
    const copy = range.cloneContents();
    copy.querySelectorAll(".bubble, .mark-dot, noscript").forEach((other) => other.remove());
    return copy.textContent.length;
  };
  document.addEventListener("selectionchange", () => {
    const selection = getSelection();
    const range = selection.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
    const block = range && places.find((place) => place.contains(range.startContainer) && place.contains(range.endContainer));
    tools.hidden = !block;
    if (!block) {
      article.dispatchEvent(new CustomEvent("words"));
      return;
    }
    const start = offset(block, range.startContainer, range.startOffset);
    const exact = selection.toString().replace(/\s+/g, " ").trim();
    chosen = exact && exact.length <= 600 ? { block: keyOfBlock(block), exact, start } : null;
    article.dispatchEvent(new CustomEvent("words", { detail: chosen }));
    const box = range.getBoundingClientRect();
    tools.style.setProperty("top", `${Math.max(8, box.top - 52)}px`);
    tools.style.setProperty("left", `${Math.max(8, Math.min(innerWidth - tools.offsetWidth - 8, box.left))}px`);
  });
  tools.addEventListener("pointerdown", (event) => event.preventDefault());
  tool.addEventListener("click", () => {
    if (!chosen) return;
    const { block } = chosen;
    tools.hidden = true;
    open(block, bubbles.get(document.getElementById(`b-${block}`)));
  });

  // Press and hold starts a comment on a phone. The sheet opens when the finger is lifted: under the finger, the browser
  // would take the lifting for a touch beside the sheet and close it.
  const HOLD = 650;
  let held = null;
  let since = 0;
  article.addEventListener("touchstart", (event) => {
    held = event.touches.length === 1 ? places.find((place) => place.contains(event.target)) : null;
    since = event.timeStamp;
  }, { passive: true });
  for (const end of ["touchmove", "touchcancel"]) article.addEventListener(end, () => { held = null; }, { passive: true });
  article.addEventListener("touchend", (event) => {
    const block = held;
    held = null;
    if (!block || event.timeStamp - since < HOLD || !getSelection().isCollapsed) return;
    event.preventDefault(); // no click of a mouse follows, which would be beside the sheet too
    open(keyOfBlock(block), bubbles.get(block));
  });

  // c opens the comments of the block that has the focus, or of the one in view.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea, dialog, [popover]")) return;
    const here = places.find((place) => place.contains(document.activeElement)) ?? places.find((place) => place.getBoundingClientRect().bottom > 80);
    if (!here) return;
    event.preventDefault();
    open(keyOfBlock(here), bubbles.get(here));
  });

  const linked = SAID.exec(location.hash);
  if (linked) {
    const at = new URLSearchParams(location.search).get("block");
    if (at) { document.getElementById(`b-${at}`)?.scrollIntoView({ block: "center" }); open(at, null, `c-${linked[1]}`); }
  }
  document.addEventListener("talehouse:said", count);
  count();
}
addEventListener("online", sendUnsent);
sendUnsent();

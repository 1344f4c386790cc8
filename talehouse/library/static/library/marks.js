// My own marks: words that I select are marked, marks are painted, a tap or a key opens them in a sheet.
const article = document.querySelector("article[data-part][data-talks]");
const form = document.getElementById("mark-words");
if (article && form) {
  const said = form.dataset;
  const place = new URL(form.getAttribute("action"), location.href);
  const key = new URLSearchParams(location.search).get("key");
  if (key) place.searchParams.set("key", key);
  const NOT_TEXT = ".bubble, .mark-dot, noscript";
  const BLOCKS = "p, li, ul, ol, blockquote, h2, h3, h4, h5, h6, tr, td, th, pre, figcaption, div";
  const blocks = [...article.children].filter((block) => block.id.startsWith("b-") && block.tagName !== "HR");
  const keyOf = (block) => block.id.slice(2);
  let marks = [];
  let painted = []; // { id, range }
  let words = null;
  let sheet = null;
  let opener = null;

  // The words of a block as they are read, and in which node each stretch stands.
  const read = (block) => {
    const walk = document.createTreeWalker(block, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, {
      acceptNode: (node) => (node.nodeType === 1 && node.matches(NOT_TEXT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
    });
    const pieces = [];
    let text = "";
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType === 3) {
        pieces.push({ node, at: text.length });
        text += node.data;
      } else if (node.matches(`br, ${BLOCKS}`)) text += "\n";
    }
    return { text, pieces };
  };

  const point = (pieces, at, ends) => {
    const piece = pieces.findLast(({ at: start }) => (ends ? start < at : start <= at)) ?? pieces[0];
    return [piece.node, Math.min(at - piece.at, piece.node.length)];
  };

  const rangeOf = (block, mark) => {
    const { text, pieces } = read(block);
    const spaced = mark.words.trim().split(/\s+/).map((word) => word.replace(/[\\^$.*+?()[\]{}|\/-]/g, "\\$&")).join("\\s+");
    let best = null;
    for (const found of spaced ? text.matchAll(new RegExp(spaced, "gu")) : [])
      if (!best || Math.abs(found.index - mark.start) < Math.abs(best.index - mark.start)) best = found;
    if (!best || !pieces.length) return null;
    const range = document.createRange();
    range.setStart(...point(pieces, best.index, false));
    range.setEnd(...point(pieces, best.index + best[0].length, true));
    return range;
  };

  const home = (block) => (["UL", "OL"].includes(block.tagName) ? block.lastElementChild : block.tagName === "TABLE" ? null : block);

  const paint = () => {
    painted = [];
    const here = new Map();
    for (const mark of marks) {
      const block = document.getElementById(`b-${mark.block}`);
      if (!block || block.parentElement !== article) continue;
      here.set(block, (here.get(block) ?? 0) + 1);
      const range = rangeOf(block, mark);
      if (range) painted.push({ id: mark.id, block: mark.block, range });
    }
    if (globalThis.CSS?.highlights && globalThis.Highlight) CSS.highlights.set("mine", new Highlight(...painted.map((one) => one.range)));
    for (const block of blocks) {
      const old = block.querySelector(".mark-dot");
      const number = here.get(block);
      if (!number) { old?.remove(); continue; }
      const dot = old ?? document.createElement("button");
      dot.type = "button";
      dot.className = "mark-dot";
      dot.setAttribute("aria-label", (number === 1 ? said.one : said.many).replace("{n}", number));
      if (old || !home(block)) continue;
      dot.addEventListener("click", () => open(keyOf(block), null, dot));
      home(block).append(dot);
    }
  };

  const JSON_ONLY = { Accept: "application/json" };
  const fetchMarks = async () => {
    const answer = await fetch(place, { headers: JSON_ONLY }).catch(() => null);
    if (!answer?.ok) return;
    ({ marks } = await answer.json());
    paint();
  };

  // The sheet with what I have marked in a block.
  const body = () => sheet.querySelector("[data-marks-body]");
  const show = async (block) => {
    const wanted = new URL(place);
    wanted.searchParams.set("block", block);
    const answer = await fetch(wanted, { headers: { "X-Sheet": "1" } }).catch(() => null);
    if (answer?.ok) body().innerHTML = await answer.text();
    else body().replaceChildren(Object.assign(document.createElement("p"), { className: "muted", textContent: said.failed }));
  };
  const say = (text) => body().prepend(Object.assign(document.createElement("p"), { className: "say bad", role: "alert", textContent: text }));

  const send = async (event) => {
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(event.target, event.submitter));
    const marking = fields.has("block");
    if (marking) fields.set("js", "1");
    const answer = await fetch(event.target.action, { method: "POST", body: fields }).catch(() => null);
    if (!answer?.ok) {
      const told = marking && answer?.status < 500 ? await answer?.json().catch(() => null) : null;
      say(told?.message ?? said.failed);
      return;
    }
    await fetchMarks();
    if (fields.get("do") === "remove" && !marks.some((mark) => mark.block === sheet.dataset.block)) sheet.hidePopover();
    else if (marking || fields.get("do") === "remove") await show(sheet.dataset.block);
    else sheet.hidePopover();
  };

  const make = () => {
    sheet = document.getElementById("mark-sheet").content.firstElementChild.cloneNode(true);
    document.body.append(sheet);
    sheet.querySelector("[data-closes-marks]").addEventListener("click", () => sheet.hidePopover());
    sheet.addEventListener("submit", send);
    sheet.addEventListener("toggle", (event) => { if (event.newState === "closed") opener?.focus({ preventScroll: true }); });
  };

  const open = async (block, id, from) => {
    opener = from;
    if (!sheet) make();
    sheet.dataset.block = block;
    if (!sheet.matches(":popover-open")) sheet.showPopover();
    await show(block);
    ((id && body().querySelector(`#mark-${id} textarea`)) ?? body().querySelector("textarea"))?.focus({ preventScroll: !id });
  };

  // Words that the bar of the comments has found.
  article.addEventListener("words", (event) => { words = event.detail ?? null; });
  article.addEventListener("done", fetchMarks);
  const mark = async () => {
    if (!words) return;
    const wanted = words;
    const fields = new URLSearchParams(new FormData(form));
    for (const [name, value] of [["block", wanted.block], ["quote", wanted.exact], ["start", wanted.start], ["js", "1"]]) fields.set(name, value);
    const answer = await fetch(place, { method: "POST", body: fields, headers: JSON_ONLY }).catch(() => null);
    if (answer?.ok) {
      ({ marks } = await answer.json());
      getSelection().removeAllRanges();
      paint();
      return;
    }
    const told = answer && answer.status < 500 ? await answer.json().catch(() => null) : null;
    await open(wanted.block, null, null);
    say(told?.message ?? said.failed);
  };
  form.addEventListener("submit", (event) => { event.preventDefault(); mark(); });

  // A tap on marked words opens their note.
  const caret = (x, y) => {
    const at = document.caretPositionFromPoint?.(x, y);
    if (at) return [at.offsetNode, at.offset];
    const range = document.caretRangeFromPoint?.(x, y);
    return range ? [range.startContainer, range.startOffset] : null;
  };
  article.addEventListener("click", (event) => {
    if (event.target.closest("a, button, .spoiler") || !getSelection().isCollapsed) return;
    const { clientX: x, clientY: y } = event;
    const at = caret(x, y);
    const inside = ({ range }) => range.isPointInRange(...at) &&
      [...range.getClientRects()].some((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom);
    const hit = at && painted.find(inside);
    if (!hit) return;
    event.preventDefault();
    open(hit.block, hit.id, null);
  });

  // m marks the selected words; without any it opens the marks of the block in view.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "m" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest?.("input, select, textarea, dialog, [popover]")) return;
    event.preventDefault();
    if (words) { mark(); return; }
    const here = blocks.find((block) => block.contains(document.activeElement)) ?? blocks.find((block) => block.getBoundingClientRect().bottom > 80);
    if (here) open(keyOf(here), null, document.activeElement);
  });

  if ("some" in said) fetchMarks();
}

// What comes from Word, Google Docs, LibreOffice or a page: bold, italic, centring and scene breaks stay, and
// nothing else. Pure: HTML in, HTML out. Styles are read as text, since a strict policy applies none of them.
const writing = (globalThis.writing ??= {});

const GONE = new Set("STYLE SCRIPT TITLE META LINK HEAD TEMPLATE NOSCRIPT IFRAME OBJECT SVG MATH XML IMG PICTURE VIDEO AUDIO CANVAS BUTTON SELECT TEXTAREA INPUT O:P W:SDTPR".split(" "));
const BLOCKS = new Set("P DIV H1 H2 H3 H4 H5 H6 LI UL OL DL DT DD BLOCKQUOTE PRE TABLE THEAD TBODY TFOOT TR TD TH SECTION ARTICLE HEADER FOOTER MAIN ASIDE NAV FIGURE FIGCAPTION CENTER ADDRESS BODY FORM FIELDSET".split(" "));
const BOLD = new Set(["B", "STRONG"]);
const ITALIC = new Set("I EM CITE DFN VAR".split(" "));
const ORNAMENT = /^[*#~=+_|\-‐‑‒–—―−•●○◦·∙⋅⁂⁎⁑⁕∗＊＃～§¤◆◇◊■□★☆✦✧✩❖❦❧☙\s\u00a0]+$/u;
const DRAWN = /solid|double|dotted|dashed/;

const styleOf = (element) => {
  const found = {};
  for (const piece of (element.getAttribute("data-style") || "").toLowerCase().split(";")) {
    const at = piece.indexOf(":");
    if (at > 0) found[piece.slice(0, at).trim()] = piece.slice(at + 1).replace("!important", "").trim();
  }
  return found;
};

// Whether letters in this element are bold, italic: what its style says counts for more than its name.
const weighed = (element, style, around) => {
  const weight = style["font-weight"] || "";
  if (/^(bold|bolder|[6-9]\d\d|1000)$/.test(weight)) return true;
  if (/^(normal|lighter|[1-5]\d\d)$/.test(weight)) return false;
  return around || BOLD.has(element.nodeName);
};
const slanted = (element, style, around) => {
  const said = style["font-style"] || "";
  if (/^(italic|oblique)/.test(said)) return true;
  if (said === "normal") return false;
  return around || ITALIC.has(element.nodeName);
};
const aligned = (element, style, around) => {
  const said = style["text-align"] || (element.getAttribute("align") || "").toLowerCase();
  if (element.nodeName === "CENTER" || said === "center" || element.classList.contains("center")) return true;
  return said ? false : around;
};

// Collects paragraphs, each a list of runs of letters that look alike.
class Paper {
  constructor() { this.blocks = []; this.open(false); }
  open(centred) {
    this.close();
    this.now = { centred, runs: [] };
  }
  close() {
    const block = this.now;
    this.now = { centred: block?.centred ?? false, runs: [] };
    if (!block || !block.runs.length) return;
    const text = block.runs.map((run) => run.text).join("").replaceAll("\n", " ");
    if (!text.replace(/[\s\u00a0\u200b]/gu, "")) return;
    this.blocks.push(ORNAMENT.test(text) ? { rule: true } : block);
  }
  rule() { this.close(); this.blocks.push({ rule: true }); }
  write(text, bold, italic) {
    const last = this.now.runs.at(-1);
    if (last && last.bold === bold && last.italic === italic) last.text += text;
    else this.now.runs.push({ text, bold, italic });
  }
}

// A line drawn above or below a paragraph, as word processors make one of "---"; a box around it is none.
const drawn = (style, side) => DRAWN.test(style[`border-${side}`] || "") && !DRAWN.test(style["border-left"] || "");

const isHidden = (style) => style.display === "none" || style["mso-hide"] === "all" || style.visibility === "hidden";
const isMarker = (style) => /\bignore\b/.test(style["mso-list"] || "");

const walk = (node, paper, look) => {
  for (const child of node.childNodes) {
    if (child.nodeType === 3) {
      const text = look.verbatim ? child.data : child.data.replace(/[ \t\r\n\f]+/g, " ");
      if (look.verbatim) written(paper, text, look);
      else paper.write(text, look.bold, look.italic);
    } else if (child.nodeType === 1) enter(child, paper, look);
  }
};

// Lines of verbatim text; an empty line divides paragraphs.
const written = (paper, text, look) => text.split(/\n[ \t]*\n\s*/).forEach((piece, number) => {
  if (number) paper.open(look.centred);
  paper.write(piece, look.bold, look.italic);
});

const enter = (element, paper, look) => {
  const name = element.nodeName.toUpperCase();
  if (GONE.has(name)) return;
  if (name === "BR") { paper.write("\n", look.bold, look.italic); return; }
  if (name === "HR") { paper.rule(); return; }
  const style = styleOf(element);
  if (isHidden(style) || isMarker(style)) return;
  const isBlock = BLOCKS.has(name);
  const heading = /^H[1-6]$/.test(name);
  const inner = {
    bold: weighed(element, style, look.bold) && !(heading && !style["font-weight"]),
    italic: slanted(element, style, look.italic),
    centred: isBlock ? aligned(element, style, look.centred) : look.centred,
    verbatim: look.verbatim || name === "PRE" || /^(pre|pre-line|break-spaces)$/.test(isBlock && style["white-space"] || ""),
  };
  if (!isBlock) { walk(element, paper, inner); return; }
  paper.open(inner.centred);
  if (drawn(style, "top")) paper.rule();
  paper.open(inner.centred);
  walk(element, paper, inner);
  paper.open(look.centred);
  if (drawn(style, "bottom")) paper.rule();
};

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replaceAll("\u00a0", "&nbsp;");

// A line without blanks at its ends or beside its breaks. No-break spaces that only fill a gap become spaces.
const settled = (runs) => {
  const kept = runs.map((run) => ({ ...run, text: run.text.replace(/\u00a0(?=[\s\u00a0])/gu, " ").replace(/([^\S\u00a0])\u00a0/gu, "$1 ") }));
  let after = "\n";
  for (const run of kept) {
    run.text = run.text.replace(/ +/g, " ").replace(/ ?\n ?/g, "\n");
    if (/[ \n]$/.test(after)) run.text = run.text.replace(/^ /, "");
    after = run.text || after;
  }
  for (let at = kept.length - 1; at >= 0 && !(kept[at].text = kept[at].text.trimEnd()); at -= 1);
  for (let at = 0; at < kept.length && !(kept[at].text = kept[at].text.replace(/^\s+/, "")); at += 1);
  return kept.filter((run) => run.text);
};

// A blank at the end of a format goes behind it: "<em>word </em>" reads the same, and looks better.
const spelt = (run) => {
  const [, lead, core, tail] = /^(\s*)([^]*?)(\s*)$/.exec(run.text);
  let html = escaped(core).replaceAll("\n", "<br>");
  if (html && run.italic) html = `<em>${html}</em>`;
  if (html && run.bold) html = `<strong>${html}</strong>`;
  return lead.replaceAll("\n", "<br>") + html + tail.replaceAll("\n", "<br>");
};

const divided = (block) => {
  const pieces = [[]];
  for (const run of block.runs) {
    run.text.split(/\n(?:[ \t\u00a0]*\n)+/).forEach((text, number) => {
      if (number) pieces.push([]);
      pieces.at(-1).push({ ...run, text });
    });
  }
  return pieces.map(settled).filter((runs) => runs.length).map((runs) => {
    const html = runs.map(spelt).join("");
    return block.centred ? `<p class="center">${html}</p>` : `<p>${html}</p>`;
  });
};

const fragmentOf = (html) => {
  const start = html.indexOf("<!--StartFragment-->");
  const end = html.lastIndexOf("<!--EndFragment-->");
  return start >= 0 && end > start ? html.slice(start + 20, end) : html;
};

// A strict policy complains of styles and handlers even in a document that nobody sees: they get another name.
const TAG = /<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>/gi;
writing.harmless = (html) => html.replace(/<style\b[^]*?<\/style\s*>/gi, "")
  .replace(TAG, (tag) => tag.replace(/([\s"'/])(style|on[a-z]+)(?=\s*=)/gi, "$1data-$2"));

writing.tidyPaste = (html) => {
  const page = new DOMParser().parseFromString(writing.harmless(fragmentOf(html)), "text/html");
  const paper = new Paper();
  walk(page.body, paper, { bold: false, italic: false, centred: false, verbatim: false });
  paper.close();
  const out = [];
  for (const block of paper.blocks) {
    if (!block.rule) out.push(...divided(block));
    else if (out.at(-1) !== "<hr>") out.push("<hr>");
  }
  return out.join("\n");
};

// Plain text: an empty line divides paragraphs; without one every line is a paragraph.
writing.tidyPlain = (text) => {
  const lines = text.replace(/\r\n?/g, "\n").trim();
  const pieces = lines.split(/\n[ \t]*\n\s*/).length > 1 ? lines.split(/\n[ \t]*\n\s*/) : lines.split("\n");
  return pieces.map((piece) => piece.trim()).filter(Boolean)
    .map((piece) => (ORNAMENT.test(piece) ? "<hr>" : `<p>${escaped(piece).split("\n").map((line) => line.trim()).join("<br>")}</p>`))
    .join("\n");
};

// What a text may hold (docs/formats.md), as the editor knows it; read from HTML and written as HTML again.
// A block that nobody touched is written letter by letter as it came; one that the editor could not give back
// whole stands there as a piece that can be moved and removed, and is changed in the HTML way of writing.
const writing = (globalThis.writing ??= {});

const CLASSES = new Set("center right spoiler smallcaps letter verse note footnotes fn".split(" "));
const FORMATS = "em strong i b u s del ins sub sup small mark code kbd q cite abbr span".split(" ");
const OWN = { a: ["href", "title"], abbr: ["title"], img: ["src", "alt", "width", "height"], ol: ["start", "type"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan"] };
const BLOCKS = new Set("P H2 H3 H4 H5 H6 BLOCKQUOTE UL OL LI PRE HR FIGURE FIGCAPTION TABLE THEAD TBODY TR TD TH SECTION".split(" "));
const KNOWN = new Set([...BLOCKS, ..."A IMG BR WBR RUBY RB RT RP RTC".split(" "), ...FORMATS.map((tag) => tag.toUpperCase())]);
const NONE = Object.freeze({});

// The attributes of an element that a text may have; one shared object for none, since most have none.
const attributes = (element) => {
  const found = {};
  const names = ["class", "lang", "dir", "id", ...(OWN[element.nodeName.toLowerCase()] || [])];
  for (const name of names) {
    let value = element.getAttribute(name);
    if (name === "class" && value) value = value.split(/\s+/).filter((one) => CLASSES.has(one)).join(" ");
    if (name === "id" && value && !/^fn(ref)?-[\w.-]+$/.test(value)) value = null;
    if (name === "href" && value && !/^(https?:|mailto:|#fn)/i.test(value)) value = null;
    if (name === "src" && value && !/^\/media\/[0-9a-f]{64}\.[a-z]+$/.test(value)) value = null;
    if (value || (name === "alt" && value !== null)) found[name] = value;
  }
  return Object.keys(found).length ? found : NONE;
};

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replaceAll("\u00a0", "&nbsp;");
const quoted = (text) => escaped(text).replaceAll('"', "&quot;");
const tagged = (tag, a) => `<${tag}${Object.entries(a).map(([name, value]) => ` ${name}="${quoted(value)}"`).join("")}>`;

// The inside of an element with nothing in it that a text may not hold.
const pure = (element) => [...element.childNodes].map((child) => {
  if (child.nodeType === 3) return escaped(child.data);
  if (child.nodeType !== 1) return "";
  if (!KNOWN.has(child.nodeName)) return pure(child);
  const tag = child.nodeName.toLowerCase();
  const open = tagged(tag, attributes(child));
  return ["br", "wbr", "hr", "img"].includes(tag) ? open : `${open}${pure(child)}</${tag}>`;
}).join("");

const inert = new DOMParser().parseFromString("", "text/html");
const elementsOf = (html) => {
  const box = inert.createElement("div");
  box.innerHTML = html;
  return box;
};
const shownAs = (tag, css, html) => {
  const dom = document.createElement(tag);
  dom.className = css;
  dom.append(...[...elementsOf(html).childNodes].map((node) => document.importNode(node, true)));
  return dom;
};

// What a reader sees in an element, as the server says it (lib/html/tree.py: text), readings above ruby left out.
const seenIn = (element) => {
  let text = "";
  const walk = (node) => {
    for (const child of node.childNodes) {
      if (child.nodeType === 3) text += child.data;
      else if (child.nodeName === "BR") text += "\n";
      else if (!["RT", "RP", "RTC"].includes(child.nodeName)) {
        const block = BLOCKS.has(child.nodeName);
        if (block && text && !text.endsWith("\n")) text += "\n";
        walk(child);
        if (block && text && !text.endsWith("\n")) text += "\n";
      }
    }
  };
  walk(element);
  return text;
};

const withAttributes = (tag, more = {}) => ({ tag, getAttrs: (element) => ({ a: attributes(element), ...more }) });
const A = { a: { default: NONE } };

const NODES = {
  doc: { content: "block+" },
  p: { attrs: A, group: "block", content: "inline*", parseDOM: [withAttributes("p")], toDOM: (node) => ["p", node.attrs.a, 0] },
  h: { attrs: { ...A, level: { default: 2 } }, group: "block", content: "inline*", defining: true,
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => withAttributes(`h${level}`, { level: Math.max(2, level) })),
    toDOM: (node) => [`h${node.attrs.level}`, node.attrs.a, 0] },
  quote: { attrs: A, group: "block", content: "block+", defining: true, parseDOM: [withAttributes("blockquote")], toDOM: (node) => ["blockquote", node.attrs.a, 0] },
  ul: { attrs: A, group: "block", content: "li+", parseDOM: [withAttributes("ul")], toDOM: (node) => ["ul", node.attrs.a, 0] },
  ol: { attrs: A, group: "block", content: "li+", parseDOM: [withAttributes("ol")], toDOM: (node) => ["ol", node.attrs.a, 0] },
  li: { attrs: A, content: "block+", defining: true, parseDOM: [withAttributes("li")], toDOM: (node) => ["li", node.attrs.a, 0] },
  pre: { attrs: A, group: "block", content: "inline*", code: true, whitespace: "pre", defining: true,
    parseDOM: [{ ...withAttributes("pre"), preserveWhitespace: "full" }], toDOM: (node) => ["pre", node.attrs.a, 0] },
  hr: { group: "block", parseDOM: [{ tag: "hr" }], toDOM: () => ["hr"] },
  figure: { attrs: { ...A, img: { default: NONE }, cap: { default: NONE } }, group: "block", content: "inline*", draggable: true, isolating: true, defining: true,
    parseDOM: [{ tag: "figure", getAttrs: pictured, contentElement: (figure) => figure.querySelector("figcaption") || inert.createElement("figcaption") }],
    toDOM: (node) => ["figure", node.attrs.a, ["img", node.attrs.img], ["figcaption", node.attrs.cap, 0]] },
  table: { attrs: A, group: "block", content: "rows+", isolating: true, parseDOM: [withAttributes("table")], toDOM: (node) => ["table", node.attrs.a, 0] },
  rows: { attrs: { ...A, tag: { default: "tbody" } }, content: "tr+",
    parseDOM: [withAttributes("tbody", { tag: "tbody" }), withAttributes("thead", { tag: "thead" })], toDOM: (node) => [node.attrs.tag, node.attrs.a, 0] },
  tr: { attrs: A, content: "cell*", parseDOM: [withAttributes("tr")], toDOM: (node) => ["tr", node.attrs.a, 0] },
  cell: { attrs: { ...A, tag: { default: "td" } }, content: "block+", isolating: true,
    parseDOM: [withAttributes("td", { tag: "td" }), withAttributes("th", { tag: "th" })], toDOM: (node) => [node.attrs.tag, node.attrs.a, 0] },
  notes: { attrs: A, group: "block", content: "block+", isolating: true, defining: true, parseDOM: [withAttributes("section.footnotes")], toDOM: (node) => ["section", node.attrs.a, 0] },
  piece: { attrs: { html: { default: "" }, text: { default: "" } }, group: "block", atom: true, draggable: true,
    parseDOM: [{ tag: "div.piece", getAttrs: (element) => ({ html: pure(element), text: seenIn(element) }) }],
    toDOM: (node) => shownAs("div", "piece", node.attrs.html) },
  text: { group: "inline" },
  br: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
  wbr: { inline: true, group: "inline", selectable: false, parseDOM: [{ tag: "wbr" }], toDOM: () => ["wbr"] },
  img: { attrs: A, inline: true, group: "inline", draggable: true,
    parseDOM: [{ tag: "img[src]", getAttrs: (element) => { const a = attributes(element); return a.src ? { a } : false; } }], toDOM: (node) => ["img", node.attrs.a] },
  ref: { attrs: { ...A, text: { default: "" }, raised: { default: false } }, inline: true, group: "inline", atom: true,
    parseDOM: [
      { tag: "sup", priority: 70, getAttrs: (sup) => sup.childNodes.length === 1 && !sup.attributes.length && referring(sup.firstChild, true) },
      { tag: "a.fn", priority: 60, getAttrs: (element) => referring(element, false) },
    ],
    toDOM: ({ attrs }) => { const link = ["a", { ...attrs.a, tabindex: "-1" }, attrs.text]; return attrs.raised ? ["sup", link] : link; } },
  ruby: { attrs: { ...A, html: { default: "" }, text: { default: "" } }, inline: true, group: "inline", atom: true,
    parseDOM: [{ tag: "ruby", getAttrs: (element) => ({ a: attributes(element), html: pure(element), text: seenIn(element) }) }],
    toDOM: (node) => { const dom = shownAs("ruby", "", node.attrs.html); for (const [name, value] of Object.entries(node.attrs.a)) dom.setAttribute(name, value); return dom; } },
};

// The mark of a footnote, raised or not, is one thing: what is typed behind it is not raised.
function referring(element, raised) {
  const is = element.nodeName === "A" && element.classList.contains("fn") && !element.firstElementChild;
  return is && { a: attributes(element), text: element.textContent, raised };
}

// A figure of one picture and at most one caption below it; any other is a piece.
function pictured(figure) {
  const [img, caption, ...rest] = figure.children;
  const simple = img?.nodeName === "IMG" && !rest.length && (!caption || caption.nodeName === "FIGCAPTION") &&
    [...figure.childNodes].every((child) => child.nodeType === 1 || !child.data.trim());
  const a = simple && attributes(img);
  return a && a.src ? { a: attributes(figure), img: a, cap: caption ? attributes(caption) : NONE } : false;
}

// Formats are one kind of mark, so that they keep the order in which they stand in one another.
const MARKS = {
  link: { attrs: A, inclusive: false, parseDOM: [{ tag: "a[href]", getAttrs: (element) => { const a = attributes(element); return a.href ? { a } : false; } }], toDOM: (mark) => ["a", mark.attrs.a, 0] },
  format: { attrs: { ...A, tag: { default: "span" } }, excludes: "",
    parseDOM: FORMATS.map((tag) => ({ tag, getAttrs: (element) => { const a = attributes(element); return tag === "span" && a === NONE ? false : { tag, a }; } })),
    toDOM: (mark) => [mark.attrs.tag, mark.attrs.a, 0] },
};

// Writing it down.

const isPlain = (node) => node.type.name === "p" && !Object.keys(node.attrs.a).length;

// One plain paragraph, alone or before lists, stands in an item or a cell without its element.
const tight = (node) => {
  const rest = Array.from({ length: node.childCount }, (_, at) => node.child(at));
  const bare = isPlain(rest[0]) && rest.slice(1).every((child) => ["ul", "ol"].includes(child.type.name));
  return (bare ? line(rest.shift()) : "") + rest.map(block).join("");
};
const inside = (node) => { let html = ""; node.forEach((child) => { html += block(child); }); return html; };
const whole = (tag, a, inner) => `${tagged(tag, a)}${inner}</${tag}>`;

const WRITTEN = {
  p: (node) => whole("p", node.attrs.a, line(node)),
  h: (node) => whole(`h${node.attrs.level}`, node.attrs.a, line(node)),
  pre: (node) => whole("pre", node.attrs.a, line(node)),
  quote: (node) => whole("blockquote", node.attrs.a, inside(node)),
  ul: (node) => whole("ul", node.attrs.a, inside(node)),
  ol: (node) => whole("ol", node.attrs.a, inside(node)),
  li: (node) => whole("li", node.attrs.a, tight(node)),
  hr: () => "<hr>",
  figure: (node) => {
    const caption = node.content.size ? whole("figcaption", node.attrs.cap, line(node)) : "";
    return whole("figure", node.attrs.a, tagged("img", node.attrs.img) + caption);
  },
  table: (node) => whole("table", node.attrs.a, inside(node)),
  rows: (node) => whole(node.attrs.tag, node.attrs.a, inside(node)),
  tr: (node) => whole("tr", node.attrs.a, inside(node)),
  cell: (node) => whole(node.attrs.tag, node.attrs.a, tight(node)),
  notes: (node) => whole("section", node.attrs.a, inside(node)),
  piece: (node) => node.attrs.html,
};
const block = (node) => WRITTEN[node.type.name](node);

const LEAVES = {
  text: (node) => escaped(node.text),
  br: () => "<br>",
  wbr: () => "<wbr>",
  img: (node) => tagged("img", node.attrs.a),
  ref: ({ attrs }) => { const link = whole("a", attrs.a, escaped(attrs.text)); return attrs.raised ? `<sup>${link}</sup>` : link; },
  ruby: (node) => whole("ruby", node.attrs.a, node.attrs.html),
};
const tagOf = (mark) => (mark.type.name === "link" ? "a" : mark.attrs.tag);

// A line: formats that touch are written as one.
function line(node) {
  const open = [];
  let html = "";
  const closeTo = (depth) => { while (open.length > depth) html += `</${tagOf(open.pop())}>`; };
  node.forEach((child) => {
    let same = 0;
    while (same < open.length && same < child.marks.length && open[same].eq(child.marks[same])) same += 1;
    closeTo(same);
    for (const mark of child.marks.slice(same)) { html += tagged(tagOf(mark), mark.attrs.a); open.push(mark); }
    html += LEAVES[child.type.name](child);
  });
  closeTo(0);
  return html;
}

// What must not be lost of an element: every letter with the formats around it, every block, every thing.
const substance = (element) => {
  const found = [];
  const walk = (node, around) => {
    [...node.childNodes].forEach((child, at) => {
      if (child.nodeType === 3) found.push([around.join(), child.data]);
      else if (child.nodeType === 1) {
        const tag = child.nodeName.toLowerCase();
        const said = tagged(tag, Object.fromEntries([...child.attributes].filter((one) => one.name !== "rel").map((one) => [one.name, one.value]).sort()));
        const silent = said === "<p>" && at === 0 && ["LI", "TD", "TH"].includes(node.nodeName);
        if (BLOCKS.has(child.nodeName) && !silent) { found.push(["", said]); walk(child, []); found.push(["", `</${tag}>`]); }
        else if (["br", "wbr", "img"].includes(tag)) found.push([around.join(), said]);
        else walk(child, silent || around.includes(said) ? around : [...around, said].sort());
      }
    });
  };
  walk(element, []);
  let said = "", last = null;
  for (const [around, text] of found) { said += around === last ? text : `\u0001${around}\u0002${text}`; last = around; }
  return said;
};

// The model for one build of ProseMirror: reads HTML, writes it, counts its words, each block only once.
writing.model = ({ model }) => {
  const schema = new model.Schema({ nodes: NODES, marks: MARKS });
  const parser = model.DOMParser.fromSchema(schema);
  const written = new WeakMap();
  const counted = new WeakMap();

  const read = (element) => {
    const box = inert.createElement("div");
    if (element.id.startsWith("b-")) element.removeAttribute("id");
    box.append(element);
    const doc = parser.parse(box);
    const node = doc.childCount === 1 ? doc.firstChild : null;
    const html = element.outerHTML.replace(/ rel="nofollow ugc noopener"/g, "");
    const kept = node && substance(elementsOf(block(node))) === substance(box);
    const found = kept ? node : schema.nodes.piece.create({ html: pure(box), text: seenIn(box) });
    written.set(found, html);
    return found;
  };
  const parse = (html) => {
    const blocks = [...elementsOf(html).children].map(read);
    return schema.node("doc", null, blocks.length ? blocks : [schema.node("p")]);
  };
  const htmlOf = (node) => {
    let html = written.get(node);
    if (html === undefined) written.set(node, (html = block(node)));
    return html;
  };
  const serialise = (doc) => {
    const blocks = [];
    doc.forEach((node) => { blocks.push(htmlOf(node)); });
    return blocks.join("\n");
  };
  const seen = (node) => {
    let text = "";
    const walk = (one) => {
      if (one.isText) text += one.text;
      else if (one.type.name === "br") text += "\n";
      else if (one.attrs.text !== undefined) text += one.attrs.text;
      else {
        if (one.isBlock && text && !text.endsWith("\n")) text += "\n";
        one.forEach(walk);
        if (one.isBlock && text && !text.endsWith("\n")) text += "\n";
      }
    };
    walk(node);
    return text;
  };
  const wordsOf = (node) => {
    let words = counted.get(node);
    if (words === undefined) counted.set(node, (words = writing.countWords(seen(node))));
    return words;
  };
  const words = (doc) => {
    let sum = 0;
    doc.forEach((node) => { sum += wordsOf(node); });
    return sum;
  };
  return { schema, parser, parse, serialise, words, slice: (html) => parser.parseSlice(elementsOf(html), { preserveWhitespace: true }) };
};

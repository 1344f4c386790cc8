// What the tools and the keys do to a text: each command is (state, dispatch) → whether it can.
const writing = (globalThis.writing ??= {});

const NONE = Object.freeze({});
const SAME = { em: ["em", "i"], strong: ["strong", "b"], u: ["u", "ins"], s: ["s", "del"] };
const SPOILER = Object.freeze({ class: "spoiler" });
const isSpoiler = (mark) => mark.type.name === "format" && (mark.attrs.a.class || "").split(" ").includes("spoiler");
const isFormat = (tag) => (mark) => mark.type.name === "format" && SAME[tag].includes(mark.attrs.tag);
const isLink = (mark) => mark.type.name === "link";

const ORNAMENT = /^(?=.*[^\s])[*#~=+_\-–—•·⁂✦❦\s]+$/u;
const KEPT_CLASSES = new Set(["center", "right", "verse", "letter"]);

// Every piece of letters in a selection, with where it stands.
const lettersIn = (state) => {
  const found = [];
  for (const { $from, $to } of state.selection.ranges) {
    state.doc.nodesBetween($from.pos, $to.pos, (node, pos) => {
      if (node.isInline) found.push({ node, from: Math.max(pos, $from.pos), to: Math.min(pos + node.nodeSize, $to.pos) });
    });
  }
  return found;
};

const isOn = (state, is) => {
  const { empty, $from } = state.selection;
  if (empty) return (state.storedMarks || $from.marks()).some(is);
  const letters = lettersIn(state).filter(({ node }) => !node.isText || node.text.trim());
  return letters.length > 0 && letters.every(({ node }) => node.marks.some(is));
};

const toggled = (is, make) => (state, dispatch) => {
  const { empty, $from } = state.selection;
  if (empty && !$from.parent.inlineContent) return false;
  if (!dispatch) return true;
  const on = isOn(state, is);
  const tr = state.tr;
  if (empty) {
    const marks = state.storedMarks || $from.marks();
    if (on) marks.filter(is).forEach((mark) => tr.removeStoredMark(mark));
    else tr.addStoredMark(make(state.schema));
  } else {
    for (const { node, from, to } of lettersIn(state)) {
      if (on) node.marks.filter(is).forEach((mark) => tr.removeMark(from, to, mark));
      else if (!node.marks.some(is)) tr.addMark(from, to, make(state.schema));
    }
  }
  dispatch(tr.scrollIntoView());
  return true;
};

const around = (state, ...names) => {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 0; depth -= 1)
    if (names.includes($from.node(depth).type.name)) return { node: $from.node(depth), depth, pos: $from.before(depth) };
  return null;
};

// The commands over one build of ProseMirror (`build`: its module).
writing.commandsOf = (build) => {
  const { pm } = build;
  const { state: { AllSelection, TextSelection, Selection, NodeSelection }, transform: { canSplit } } = pm;
  const basic = pm.commands;
  const listed = (name, type) => (state, dispatch) => build.commands[name](state.schema.nodes[type])({ state, dispatch });

  const format = (tag) => toggled(isFormat(tag), (schema) => schema.marks.format.create({ tag }));
  const spoiler = toggled(isSpoiler, (schema) => schema.marks.format.create({ tag: "span", a: SPOILER }));

  const heading = (level) => (state, dispatch) => {
    const on = around(state, "h")?.node.attrs.level === level;
    const { p, h } = state.schema.nodes;
    return on ? basic.setBlockType(p)(state, dispatch) : basic.setBlockType(h, { level })(state, dispatch);
  };
  const quote = (state, dispatch) =>
    (around(state, "quote") ? basic.lift(state, dispatch) : basic.wrapIn(state.schema.nodes.quote)(state, dispatch));

  const list = (type) => (state, dispatch) => {
    const here = around(state, "ul", "ol");
    if (!here) return listed("wrapInList", type)(state, dispatch);
    if (here.node.type.name === type) return listed("liftListItem", "li")(state, dispatch);
    dispatch?.(state.tr.setNodeMarkup(here.pos, state.schema.nodes[type], NONE).scrollIntoView());
    return true;
  };

  const center = (state, dispatch) => {
    const { from, to } = state.selection;
    const found = [];
    state.doc.nodesBetween(from, to, (node, pos) => {
      if (["p", "h"].includes(node.type.name)) found.push([node, pos]);
    });
    if (!found.length || !dispatch) return found.length > 0;
    const on = isCentred(state);
    const tr = state.tr;
    for (const [node, pos] of found) {
      const rest = (node.attrs.a.class || "").split(" ").filter((one) => one && one !== "center" && one !== "right");
      const { class: _old, ...a } = node.attrs.a;
      const css = [...(on ? [] : ["center"]), ...rest].join(" ");
      tr.setNodeMarkup(pos, null, { ...node.attrs, a: css ? { class: css, ...a } : a });
    }
    dispatch(tr.scrollIntoView());
    return true;
  };

  // Puts a block where the cursor is, and the cursor into the paragraph after it.
  const put = (node) => (state, dispatch) => {
    if (!dispatch) return true;
    const inQuestion = around(state, "figure", "table", "notes", "li", "quote");
    const tr = state.tr;
    if (inQuestion) tr.insert(state.selection.$from.after(1), node);
    else tr.replaceSelectionWith(node, false);
    let at = 0;
    tr.doc.forEach((child, pos) => { if (child === node || (!at && child.eq(node) && pos >= state.selection.from - 1)) at = pos + child.nodeSize; });
    const after = tr.doc.resolve(at).nodeAfter;
    if (!after?.isTextblock) tr.insert(at, state.schema.nodes.p.create());
    tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1)));
    dispatch(tr.scrollIntoView());
    return true;
  };
  const breakHere = (state, dispatch) => put(state.schema.nodes.hr.create())(state, dispatch);
  const picture = (img) => (state, dispatch) => put(state.schema.nodes.figure.create({ img }))(state, dispatch);

  // Links. Without a selection the address itself stands there.
  const linkRange = (state) => {
    const { $from, from, to, empty } = state.selection;
    if (!empty) return { from, to };
    let range = null;
    $from.parent.forEach((child, offset) => {
      const start = $from.start() + offset;
      if (child.marks.some(isLink) && start <= from && start + child.nodeSize >= from) range = { from: range?.from ?? start, to: start + child.nodeSize };
    });
    return range;
  };
  const link = (href) => (state, dispatch) => {
    const type = state.schema.marks.link;
    const range = linkRange(state);
    if (!dispatch) return true;
    const tr = state.tr;
    if (!range) tr.replaceSelectionWith(state.schema.text(href, type.create({ a: { href } }).addToSet(state.selection.$from.marks())), false);
    else {
      tr.removeMark(range.from, range.to, type);
      if (href) tr.addMark(range.from, range.to, type.create({ a: { href } }));
    }
    dispatch(tr.scrollIntoView());
    return true;
  };
  const hrefHere = (state) => {
    const range = linkRange(state);
    let href = "";
    if (range) state.doc.nodesBetween(range.from, range.to, (node) => { href ||= node.marks.find(isLink)?.attrs.a.href || ""; });
    return href;
  };

  const ruby = (base, reading) => (state, dispatch) => {
    const safe = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
    const node = state.schema.nodes.ruby.create({ html: `${safe(base)}<rt>${safe(reading)}</rt>`, text: base });
    dispatch?.(state.tr.replaceSelectionWith(node, true).scrollIntoView());
    return true;
  };
  const rubyHere = (state) => {
    const { selection } = state;
    if (!(selection instanceof NodeSelection) || selection.node.type.name !== "ruby")
      return { base: state.doc.textBetween(selection.from, selection.to, " "), reading: "" };
    const found = /^([^<]*)<rt>([^<]*)<\/rt>$/.exec(selection.node.attrs.html);
    const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;
    return found && { base: plain(found[1]), reading: plain(found[2]) };
  };

  // Enter: a line of ornaments is a scene break, an item goes on, the end of a centred line keeps to the centre.
  const ornament = (state, dispatch) => {
    const { $from, empty } = state.selection;
    if (!empty || $from.depth !== 1 || $from.parent.type.name !== "p" || !ORNAMENT.test($from.parent.textContent)) return false;
    if (dispatch) {
      const tr = state.tr.replaceWith($from.before(), $from.after(), [state.schema.nodes.hr.create(), state.schema.nodes.p.create()]);
      dispatch(tr.setSelection(Selection.near(tr.doc.resolve($from.before() + 2))).scrollIntoView());
    }
    return true;
  };
  const splitItem = (state, dispatch) => {
    const { $from, $to } = state.selection;
    if ($from.depth < 2 || !$from.sameParent($to) || $from.node(-1).type.name !== "li") return false;
    if (!$from.parent.content.size) {
      const alone = $from.node(-1).childCount === 1;
      return alone ? listed("liftListItem", "li")(state, dispatch) : basic.liftEmptyBlock(state, dispatch);
    }
    const { li, p } = state.schema.nodes;
    const types = [{ type: li }, { type: p }];
    const tr = state.tr.delete($from.pos, $to.pos);
    if (!canSplit(tr.doc, $from.pos, 2, types)) return false;
    dispatch?.(tr.split($from.pos, 2, types).scrollIntoView());
    return true;
  };
  const splitPlain = basic.splitBlockAs((node, atEnd) => {
    if (!atEnd || node.type.name !== "p") return node.type.name === "p" ? { type: node.type, attrs: { a: withoutId(node.attrs.a) } } : null;
    return { type: node.type, attrs: { a: carried(node.attrs.a) } };
  });
  const withoutId = (a) => { const { id: _id, ...rest } = a; return Object.keys(rest).length ? rest : NONE; };
  const carried = (a) => {
    const css = (a.class || "").split(" ").filter((one) => KEPT_CLASSES.has(one)).join(" ");
    const { id: _id, class: _css, ...rest } = a;
    const kept = css ? { class: css, ...rest } : rest;
    return Object.keys(kept).length ? kept : NONE;
  };
  const outOfFigure = (state, dispatch) => (around(state, "figure") ? basic.exitCode(state, dispatch) || leave(state, dispatch) : false);
  const leave = (state, dispatch) => {
    const { $from } = state.selection;
    const at = $from.after(1);
    if (dispatch) {
      const tr = state.tr.insert(at, state.schema.nodes.p.create());
      dispatch(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView());
    }
    return true;
  };
  // Everything but the empty line at the end; a stretch of letters where it begins and ends with some, so that all
  // tools work on it.
  const lettered = (node) => ["p", "h", "quote", "ul", "ol"].includes(node.type.name);
  const everything = (state, dispatch) => {
    const { doc } = state;
    const spare = doc.childCount > 1 && doc.lastChild.type.name === "p" && !doc.lastChild.content.size;
    const end = doc.content.size - (spare ? doc.lastChild.nodeSize : 0);
    const last = doc.child(doc.childCount - (spare ? 2 : 1));
    const selection = lettered(doc.firstChild) && lettered(last) ? TextSelection.between(doc.resolve(0), doc.resolve(end)) : new AllSelection(doc);
    dispatch?.(state.tr.setSelection(selection));
    return true;
  };
  const newLine = (state, dispatch) => {
    if (state.selection.$from.parent.type.spec.code) return basic.newlineInCode(state, dispatch);
    dispatch?.(state.tr.replaceSelectionWith(state.schema.nodes.br.create(), true).scrollIntoView());
    return true;
  };
  const enter = basic.chainCommands(ornament, outOfFigure, splitItem, basic.newlineInCode, basic.createParagraphNear, basic.liftEmptyBlock, splitPlain);

  const isCentred = (state) => (state.selection.$from.parent.attrs.a?.class || "").split(" ").includes("center");

  return {
    commands: {
      undo: pm.history.undo, redo: pm.history.redo,
      strong: format("strong"), em: format("em"), u: format("u"), s: format("s"), spoiler,
      h2: heading(2), h3: heading(3), quote, bullets: list("ul"), numbers: list("ol"), center, break: breakHere,
    },
    link, hrefHere, picture, ruby, rubyHere, enter, newLine, put, everything,
    sink: listed("sinkListItem", "li"), lift: listed("liftListItem", "li"),
    states: {
      strong: (state) => isOn(state, isFormat("strong")), em: (state) => isOn(state, isFormat("em")),
      u: (state) => isOn(state, isFormat("u")), s: (state) => isOn(state, isFormat("s")),
      spoiler: (state) => isOn(state, isSpoiler), link: (state) => Boolean(hrefHere(state)),
      h2: (state) => around(state, "h")?.node.attrs.level === 2, h3: (state) => around(state, "h")?.node.attrs.level === 3,
      quote: (state) => Boolean(around(state, "quote")),
      bullets: (state) => around(state, "ul", "ol")?.node.type.name === "ul", numbers: (state) => around(state, "ul", "ol")?.node.type.name === "ol",
      center: isCentred,
    },
    can: { undo: (state) => pm.history.undoDepth(state) > 0, redo: (state) => pm.history.redoDepth(state) > 0 },
  };
};

// Footnotes: the mark where the cursor is, the note at the end, numbers in the order of the text.
writing.footnotesOf = ({ pm }) => {
  const { TextSelection } = pm.state;
  const keyOf = (ref) => (ref.attrs.a.href || "").replace("#fn-", "");
  const refs = (doc, before = Infinity) => {
    const found = [];
    doc.descendants((node, pos) => { if (node.type.name === "ref" && pos < before) found.push({ node, pos, key: keyOf(node) }); });
    return found;
  };
  const noteOf = (doc, key) => {
    let found = null;
    doc.descendants((node, pos) => {
      if (!found && node.attrs.a?.id === `fn-${key}`) found = pos;
      return found === null;
    });
    return found;
  };
  const goTo = (tr, pos) => tr.setSelection(TextSelection.near(tr.doc.resolve(pos + 1))).scrollIntoView();

  const renumber = (tr) => {
    const order = [];
    for (const { node, pos, key } of refs(tr.doc)) {
      if (!order.includes(key)) order.push(key);
      const text = String(order.indexOf(key) + 1);
      if (/^\d+$/.test(node.attrs.text) && node.attrs.text !== text) tr.setNodeMarkup(pos, null, { ...node.attrs, text });
    }
  };

  // The section at the end and its list; made where there is none.
  const home = (tr, schema) => {
    let found = null;
    tr.doc.forEach((node, pos) => {
      if (node.type.name !== "notes") return;
      node.forEach((child, offset) => { if (child.type.name === "ol") found = { node: child, pos: pos + 1 + offset }; });
    });
    return found;
  };

  const add = (state, dispatch) => {
    const { schema, selection } = state;
    if (!selection.$from.parent.inlineContent || insideNote(state)) return false;
    if (!dispatch) return true;
    const taken = new Set(refs(state.doc).map((one) => one.key));
    let number = 1;
    while (taken.has(String(number)) || noteOf(state.doc, number) !== null) number += 1;
    const place = new Set(refs(state.doc, selection.from).map((one) => one.key)).size;
    const a = { class: "fn", href: `#fn-${number}`, id: `fnref-${number}` };
    const ref = schema.nodes.ref.create({ a, text: String(number), raised: true });
    const tr = state.tr.insert(selection.to, ref);
    const note = schema.nodes.li.create({ a: { id: `fn-${number}` } }, schema.nodes.p.create());
    const list = home(tr, schema);
    if (list) {
      let at = list.pos + 1;
      list.node.forEach((child, offset, index) => { if (index < place) at = list.pos + 1 + offset + child.nodeSize; });
      tr.insert(at, note);
    } else {
      tr.insert(tr.doc.content.size, schema.nodes.notes.create({ a: { class: "footnotes" } }, schema.nodes.ol.create(null, note)));
    }
    renumber(tr);
    dispatch(goTo(tr, noteOf(tr.doc, number)));
    return true;
  };

  const insideNote = (state) => {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      const id = $from.node(depth).attrs.a?.id;
      if (id?.startsWith("fn-")) return id.slice(3);
    }
    return "";
  };
  const back = (state, dispatch) => {
    const key = insideNote(state);
    const ref = key && refs(state.doc).find((one) => one.key === key);
    if (!ref) return false;
    const end = ref.pos + ref.node.nodeSize;
    dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, end)).scrollIntoView());
    return true;
  };
  const follow = (view, ref) => {
    const pos = noteOf(view.state.doc, keyOf(ref));
    if (pos === null) return false;
    view.dispatch(goTo(view.state.tr, pos));
    view.focus();
    return true;
  };
  return { footnote: (state, dispatch) => back(state, dispatch) || add(state, dispatch), follow };
};

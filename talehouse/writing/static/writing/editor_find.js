// Find in the text, and replace in this text. Letters are compared without case, and every kind of quotation
// mark and apostrophe as one, so that what one types finds what stands there.
const writing = (globalThis.writing ??= {});

const SINGLE = /[‘’‚‛‹›′`´ʼ]/g;
const DOUBLE = /[“”„‟«»″]/g;
const folded = (text) => [...text].map((char) => {
  const small = char.toLowerCase();
  return small.length === char.length ? small : char;
}).join("").replace(SINGLE, "'").replace(DOUBLE, '"').replaceAll("\u00a0", " ");

// The letters of a paragraph, folded once; what is no letter keeps its room.
const lines = new WeakMap();
const lineOf = (node) => {
  let line = lines.get(node);
  if (line === undefined) {
    let text = "";
    node.forEach((child) => { text += child.isText ? child.text : "\ufffc".repeat(child.nodeSize); });
    lines.set(node, (line = folded(text)));
  }
  return line;
};

// Where `query` stands: [from, to] in the document, none overlapping.
const places = (doc, query) => {
  const wanted = folded(query);
  const found = [];
  if (!wanted) return found;
  doc.descendants((node, pos) => {
    if (!node.isTextblock) return true;
    const here = lineOf(node);
    for (let at = here.indexOf(wanted); at >= 0; at = here.indexOf(wanted, at + wanted.length))
      found.push([pos + 1 + at, pos + 1 + at + wanted.length]);
    return false;
  });
  return found;
};

writing.finder = ({ pm }) => {
  const { Plugin, PluginKey, TextSelection } = pm.state;
  const { Decoration, DecorationSet } = pm.view;
  const key = new PluginKey("find");
  const NOTHING = { query: "", found: [], now: -1, shown: DecorationSet.empty };

  const drawn = (doc, found, now) => DecorationSet.create(doc, found.map(([from, to], at) =>
    Decoration.inline(from, to, { class: at === now ? "found now" : "found" })));
  const looked = (doc, query, from) => {
    const found = places(doc, query);
    const next = found.findIndex((place) => place[0] >= from);
    const now = found.length ? Math.max(0, next) : -1;
    return { query, found, now, shown: drawn(doc, found, now) };
  };

  const plugin = new Plugin({
    key,
    state: {
      init: () => NOTHING,
      apply(tr, was) {
        const said = tr.getMeta(key);
        if (said?.query !== undefined) return said.query ? looked(tr.doc, said.query, said.from ?? 0) : NOTHING;
        if (said?.now !== undefined) return { ...was, now: said.now, shown: drawn(tr.doc, was.found, said.now) };
        if (!was.query || !tr.docChanged) return was;
        return looked(tr.doc, was.query, was.found[was.now] ? tr.mapping.map(was.found[was.now][0]) : 0);
      },
    },
    props: { decorations: (state) => key.getState(state).shown },
  });

  const at = (state) => key.getState(state);
  const show = (view) => {
    const place = at(view.state).found[at(view.state).now];
    if (!place) return;
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, ...place)));
    // by ourselves: the editor scrolls only while it has the focus
    view.dom.querySelector(".found.now")?.scrollIntoView({ block: "center" });
  };
  return {
    plugin,
    at,
    look(view, query) {
      view.dispatch(view.state.tr.setMeta(key, { query, from: view.state.selection.from }));
      show(view);
    },
    step(view, by) {
      const { found, now } = at(view.state);
      if (!found.length) return;
      view.dispatch(view.state.tr.setMeta(key, { now: (now + by + found.length) % found.length }));
      show(view);
    },
    replace(view, text, all) {
      const { found, now, query } = at(view.state);
      const chosen = all ? [...found].reverse() : found.slice(now, now + 1);
      if (!chosen.length) return 0;
      const tr = view.state.tr;
      for (const [from, to] of chosen) {
        const marks = tr.doc.resolve(from).marksAcross(tr.doc.resolve(to)) || [];
        if (text) tr.replaceWith(from, to, view.state.schema.text(text, marks));
        else tr.delete(from, to);
      }
      const after = all ? 0 : tr.mapping.map(chosen[0][1]);
      view.dispatch(tr.setMeta(key, { query, from: after }));
      if (!all) show(view);
      return chosen.length;
    },
    end: (view) => view.dispatch(view.state.tr.setMeta(key, { query: "" })),
  };
};

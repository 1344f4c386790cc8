// The sheets of paper of a part: note before, text, note after; each an editor of its own over one model.
const writing = (globalThis.writing ??= {});

// Whatever happens, there is a line to write on below the last thing: before the footnotes if there are some.
const lastLine = ({ Plugin }) => new Plugin({
  appendTransaction(transactions, _old, state) {
    if (!transactions.some((tr) => tr.docChanged)) return null;
    const { doc, schema } = state;
    const notes = doc.lastChild.type.name === "notes";
    const last = notes ? (doc.childCount > 1 ? doc.child(doc.childCount - 2) : null) : doc.lastChild;
    if (last && (last.type.name === "p" || last.type.name === "h")) return null;
    return state.tr.insert(notes ? doc.content.size - doc.lastChild.nodeSize : doc.content.size, schema.nodes.p.create());
  },
});

// What stands on an empty sheet.
const hint = ({ state: { Plugin }, view: { Decoration, DecorationSet } }, words) => new Plugin({
  props: {
    decorations({ doc }) {
      const { firstChild } = doc;
      const empty = doc.childCount === 1 && firstChild.type.name === "p" && !firstChild.content.size;
      return empty ? DecorationSet.create(doc, [Decoration.node(0, firstChild.nodeSize, { class: "empty", "data-hint": words })]) : null;
    },
  },
});

const KEYS = {
  strong: "Mod-b", em: "Mod-i", u: "Mod-u", s: "Mod-Shift-x", h2: "Mod-Alt-2", h3: "Mod-Alt-3", quote: "Mod-Shift-9",
  bullets: "Mod-Shift-8", numbers: "Mod-Shift-7", center: "Mod-Shift-e", break: "Mod-Enter", spoiler: "Mod-Shift-h",
};

const pictureIn = (data) => [...(data?.files || [])].find((file) => file.type.startsWith("image/"));

// `paper.on` gets: changed(), moved(), picture(file), act(tool name).
writing.paper = (build, on) => {
  const { pm } = build;
  const { EditorState, Plugin } = pm.state;
  const model = writing.model(pm);
  const tools = writing.commandsOf(build);
  const notes = writing.footnotesOf(build);
  const finder = writing.finder(build);
  const commands = { ...tools.commands, footnote: notes.footnote };

  // What a tool does is one step of its own to undo.
  const step = (command) => (state, dispatch) => command(state, dispatch && ((tr) => dispatch(pm.history.closeHistory(tr))));
  const bound = (isNote) => {
    const keys = {
      Enter: tools.enter, "Shift-Enter": tools.newLine, Tab: tools.sink, "Shift-Tab": tools.lift,
      "Mod-a": tools.everything, "Mod-z": commands.undo, "Mod-Shift-z": commands.redo, "Mod-y": commands.redo,
      "Mod-k": () => { on.act("link"); return true; },
    };
    for (const [name, key] of Object.entries(KEYS)) if (!isNote || !["h2", "h3", "break"].includes(name)) keys[key] = step(commands[name]);
    if (!isNote) keys["Mod-Alt-f"] = commands.footnote;
    return keys;
  };
  const plugins = (isNote, words) => [
    pm.history.history({ newGroupDelay: 700 }),
    pm.keymap.keymap(bound(isNote)),
    pm.keymap.keymap(pm.commands.baseKeymap),
    ...(isNote ? [] : [finder.plugin, lastLine({ Plugin })]),
    hint(pm, words),
  ];

  const sheet = (element, { isNote = false } = {}) => {
    const words = element.dataset.hint;
    const fresh = (html) => EditorState.create({ doc: model.parse(html), plugins: plugins(isNote, words) });
    const state = fresh(element.innerHTML);
    element.replaceChildren();
    const view = new pm.view.EditorView({ mount: element }, {
      state,
      attributes: { role: "textbox", "aria-multiline": "true", "aria-label": element.dataset.label, spellcheck: "true" },
      scrollMargin: { top: 130, bottom: 90, left: 0, right: 0 },
      scrollThreshold: { top: 110, bottom: 70, left: 0, right: 0 },
      transformPastedHTML: (html) => (html.includes("data-pm-slice") ? writing.harmless(html) : writing.tidyPaste(html)),
      clipboardTextParser: (text) => model.slice(writing.tidyPlain(text)),
      handlePaste: (_view, event) => {
        const file = !isNote && !event.clipboardData?.types.includes("text/html") && pictureIn(event.clipboardData);
        if (file) on.picture(file);
        return Boolean(file);
      },
      handleDrop: (_view, event) => {
        const file = !isNote && pictureIn(event.dataTransfer);
        if (file) { event.preventDefault(); on.picture(file); }
        return Boolean(file);
      },
      handleClickOn: (_view, _pos, node) => node.type.name === "ref" && notes.follow(view, node),
      handleDoubleClickOn: (_view, _pos, node) => { if (node.type.name === "ruby") on.act("ruby"); return node.type.name === "ruby"; },
      dispatchTransaction(tr) {
        view.updateState(view.state.apply(tr));
        if (tr.docChanged) on.changed(view);
        on.moved(view);
      },
      handleDOMEvents: { focus: () => { on.focused(view); return false; } },
    });
    view.isNote = isNote;
    return {
      view,
      html: () => model.serialise(view.state.doc),
      put: (html) => view.updateState(fresh(html)),
      words: () => model.words(view.state.doc),
    };
  };
  return { sheet, commands, step, tools, finder, model };
};

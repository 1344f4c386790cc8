// Read aloud with the browser's own voices: sentence by sentence from the first block in view, each marked while
// it is spoken. Pausing keeps the place: the sentence begins anew, since no browser resumes reliably.
const starter = document.querySelector("[data-aloud]");
const panel = document.getElementById("aloud");
const spokenText = document.querySelector("article[data-part]");
const UNSPOKEN = ".bubble, .way-back, noscript, rt, rp, .spoiler:not(.open), sup a[href^='#fn'], a[href^='#fnref']";
// A full stop that ends nothing (Mr. Cope), and what a sentence never begins with (“Warm?” he asked).
const NO_END = /(?:^|[\s“"'(])(?:Mr|Mrs|Ms|Dr|St|Prof|Sr|Sra|Srta|Mme|Mlle|Hr|Fr|\p{Lu})\.\s*$/u;
const GOES_ON = /^\s*\p{Ll}/u;
const TOP = 80; // the bar of the page, and a little

if (starter && panel && spokenText && "speechSynthesis" in window) {
  const pauser = panel.querySelector("[data-aloud-pause]");
  const speed = panel.querySelector("[name=speed]");
  const said = panel.querySelector("[role=status]");
  const stopper = panel.querySelector("[data-aloud-stop]");
  const marks = globalThis.Highlight && CSS.highlights ? new Highlight() : null;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const state = { blocks: [], block: 0, sentences: [], sentence: 0, turn: 0, paused: false };
  let heard = false; // whether a voice has spoken on this page
  starter.hidden = false;

  // The spoken words of a block, as one text and the nodes that it comes from.
  const wordsOf = (block) => {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest(UNSPOKEN) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    const pieces = [];
    let said = "";
    while (walker.nextNode()) {
      pieces.push({ node: walker.currentNode, from: said.length });
      said += walker.currentNode.data;
    }
    return { said, pieces };
  };

  // A large first letter stands apart from its line, where a mark would not meet it.
  const initial = (block, said) => {
    const large = spokenText.classList.contains("cap") && block === spokenText.firstElementChild;
    return large ? said.match(/^[\p{P}\s]*[\p{L}\p{N}]/u)?.[0].length || 0 : 0;
  };

  const ends = (said, lang) => {
    if (!globalThis.Intl?.Segmenter) return [{ segment: said, index: 0 }];
    const whole = [];
    for (const { segment, index } of new Intl.Segmenter(lang || undefined, { granularity: "sentence" }).segment(said)) {
      const before = whole.at(-1);
      if (before && (GOES_ON.test(segment) || NO_END.test(before.segment))) before.segment += segment;
      else whole.push({ segment, index });
    }
    return whole;
  };

  // Ranges follow the page: comments and marks may come in between while the block is read.
  const rangesOf = (pieces, from, to) => pieces.flatMap(({ node, from: start }) => {
    const [first, last] = [Math.max(from - start, 0), Math.min(to - start, node.data.length)];
    if (first >= last) return [];
    const range = document.createRange();
    range.setStart(node, first);
    range.setEnd(node, last);
    return [range];
  });

  const sentencesOf = (block) => {
    const { said, pieces } = wordsOf(block);
    const lang = block.closest("[lang]")?.lang;
    const apart = initial(block, said);
    return ends(said, lang).flatMap(({ segment, index }) => {
      const text = segment.trim();
      if (!/[\p{L}\p{N}]/u.test(text)) return [];
      const from = index + segment.indexOf(text);
      const ranges = rangesOf(pieces, Math.max(from, apart), from + text.length);
      return [{ text: text.replace(/\s+/g, " "), lang, block, ranges }];
    });
  };

  const unmark = () => {
    marks?.clear();
    spokenText.querySelector(".spoken")?.classList.remove("spoken");
  };
  const mark = ({ ranges, block }) => {
    unmark();
    if (!marks || !ranges.length) { block.classList.add("spoken"); return; }
    for (const range of ranges) marks.add(range);
    CSS.highlights.set("spoken", marks);
  };

  // Follow, unless somebody has scrolled away to look at something else.
  const follow = ({ ranges, block }, before) => {
    const boxOf = (one) => (one.ranges[0] || one.block).getBoundingClientRect();
    if (before && (boxOf(before).bottom < -innerHeight / 2 || boxOf(before).top > innerHeight * 1.5)) return;
    const box = boxOf({ ranges, block });
    if (box.top >= TOP && box.bottom < innerHeight * 0.75) return;
    scrollBy({ top: box.top - innerHeight * 0.3, behavior: calm.matches ? "auto" : "smooth" });
  };

  const hush = () => { state.turn += 1; speechSynthesis.cancel(); };

  const stop = () => {
    hush();
    unmark();
    state.paused = false;
    const hadFocus = panel.contains(document.activeElement);
    panel.hidden = true;
    panel.classList.remove("mute");
    said.textContent = "";
    if (hadFocus) document.querySelector("[data-opens=reader-settings]")?.focus({ preventScroll: true });
  };

  // Nothing was ever spoken: there is no voice. It is said where the panel stood, until somebody closes it.
  const sayMute = () => {
    hush();
    unmark();
    panel.classList.add("mute");
    said.textContent = said.dataset.mute;
    stopper.focus({ preventScroll: true });
  };

  const current = () => {
    while (state.sentence >= state.sentences.length) {
      state.block += 1;
      if (state.block >= state.blocks.length) return null;
      state.sentences = sentencesOf(state.blocks[state.block]);
      state.sentence = 0;
    }
    return state.sentences[state.sentence];
  };

  const speak = (before) => {
    const mine = state.turn;
    const one = current();
    if (!one) { stop(); return; }
    mark(one);
    follow(one, before);
    const utterance = new SpeechSynthesisUtterance(one.text);
    utterance.lang = one.lang || "";
    utterance.rate = Number(speed.value) || 1;
    utterance.onend = () => { if (mine === state.turn) { state.sentence += 1; speak(one); } };
    utterance.onstart = () => { if (mine === state.turn) heard = true; };
    utterance.onerror = () => { if (mine === state.turn) (heard ? stop : sayMute)(); };
    speechSynthesis.speak(utterance);
  };

  const say = () => { pauser.textContent = state.paused ? pauser.dataset.continue : pauser.dataset.pause; };

  starter.addEventListener("click", () => {
    hush();
    state.blocks = [...spokenText.children];
    const first = state.blocks.findIndex((block) => block.getBoundingClientRect().bottom > TOP);
    Object.assign(state, { block: Math.max(0, first) - 1, sentences: [], sentence: 0, paused: false });
    document.getElementById("reader-settings")?.hidePopover?.();
    panel.hidden = false;
    panel.classList.remove("mute");
    said.textContent = "";
    say();
    pauser.focus({ preventScroll: true });
    speak();
  });
  pauser.addEventListener("click", () => {
    state.paused = !state.paused;
    say();
    hush();
    if (!state.paused) speak();
  });
  speed.addEventListener("input", () => { if (!state.paused) { hush(); speak(); } });
  stopper.addEventListener("click", stop);
  addEventListener("pagehide", stop);
}

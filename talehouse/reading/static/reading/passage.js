// The way from a found passage to its paragraph also marks the words there, where the browser knows text fragments:
// "#b-12:~:text=before-,words,-after". Words of the passage on both sides say which of several such words is meant. A
// browser that does not find them goes to the block all the same.
const AROUND = 5; // words on each side
const encoded = (text) => encodeURIComponent(text.replace(/\s+/g, " ").trim()).replaceAll("-", "%2D");

// The words at both ends of [from, to) are taken whole: browsers find no halves.
const fragment = (text, from, to, language) => {
  const words = [...new Intl.Segmenter(language, { granularity: "word" }).segment(text)]
    .filter((piece) => piece.isWordLike).map(({ index, segment }) => [index, index + segment.length]);
  const inside = words.filter(([start, end]) => start < to && end > from);
  const [first, last] = [Math.min(from, ...inside.map(([start]) => start)), Math.max(to, ...inside.map(([, end]) => end))];
  const before = words.filter(([, end]) => end <= first).slice(-AROUND);
  const after = words.filter(([start]) => start >= last).slice(0, AROUND);
  const prefix = before.length ? `${encoded(text.slice(before[0][0], first))}-,` : "";
  const suffix = after.length ? `,-${encoded(text.slice(last, after.at(-1)[1]))}` : "";
  return `:~:text=${prefix}${encoded(text.slice(first, last))}${suffix}`;
};

if ("fragmentDirective" in document && "Segmenter" in Intl) {
  for (const link of document.querySelectorAll("[data-passage]")) {
    const words = link.querySelector("mark");
    if (!words || !link.hash) continue;
    const before = document.createRange();
    before.selectNodeContents(link);
    before.setEndBefore(words);
    const from = before.toString().length;
    link.href += fragment(link.textContent, from, from + words.textContent.length, link.closest("[lang]").lang);
  }
}

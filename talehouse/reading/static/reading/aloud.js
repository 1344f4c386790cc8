// Read aloud: block by block from where one is, with the browser's own voices.
const starter = document.querySelector("[data-aloud]");
const spokenText = document.querySelector("article[data-part]");

if (starter && spokenText && "speechSynthesis" in window) {
  const label = starter.querySelector("span");
  const words = { start: label.textContent, stop: starter.dataset.stop };
  let turn = 0;
  starter.hidden = false;

  const stop = () => {
    turn += 1;
    speechSynthesis.cancel();
    spokenText.querySelector(".spoken")?.classList.remove("spoken");
    label.textContent = words.start;
  };

  const speak = (blocks, at, mine) => {
    if (mine !== turn) return;
    spokenText.querySelector(".spoken")?.classList.remove("spoken");
    const block = blocks[at];
    if (!block) { stop(); return; }
    const plain = block.cloneNode(true);
    plain.querySelectorAll(".bubble, noscript").forEach((other) => other.remove());
    const said = plain.textContent.trim();
    if (!said) { speak(blocks, at + 1, mine); return; }
    block.classList.add("spoken");
    block.scrollIntoView({ block: "center" });
    const utterance = new SpeechSynthesisUtterance(said);
    utterance.lang = spokenText.lang;
    utterance.onend = () => speak(blocks, at + 1, mine);
    utterance.onerror = () => { if (mine === turn) stop(); };
    speechSynthesis.speak(utterance);
  };

  starter.addEventListener("click", () => {
    if (label.textContent === words.stop) { stop(); return; }
    const blocks = [...spokenText.children];
    const first = blocks.findIndex((block) => block.getBoundingClientRect().bottom > 80);
    label.textContent = words.stop;
    turn += 1;
    speak(blocks, Math.max(0, first), turn);
  });
  addEventListener("pagehide", stop);
}

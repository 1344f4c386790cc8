// Words as the server counts them (lib/words.py): letters in scripts without spaces, words in every other.
const writing = (globalThis.writing ??= {});

const BY_LETTER =
  "\\u0e00-\\u0e7f\\u0e80-\\u0eff\\u0f00-\\u0fff\\u1000-\\u109f\\u1780-\\u17ff\\u3005-\\u3007\\u3031-\\u3035\\u303b-\\u303c" +
  "\\u3041-\\u309f\\u30a0-\\u30ff\\u31f0-\\u31ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua9e0-\\ua9ff\\uaa60-\\uaa7f\\uf900-\\ufaff" +
  "\\uff66-\\uff9d\\u{1aff0}-\\u{1b16f}";
const COUNTED = `(?:(?=\\p{L})[${BY_LETTER}]|[\\u3007\\u{20000}-\\u{323af}])`;
const WORD = `(?:(?!${COUNTED}|[\\uff9e\\uff9f])[\\p{L}\\p{N}])+`;
const MARKS = "[\\p{M}\\u00ad\\u200c\\u200d\\u2060\\ufeff]+";
const INSIDE = "['’\\-‐‑·׳״]|(?<=\\p{Nd})[.,٫٬](?=\\p{Nd})";
// Some older browsers cannot look behind: they count a little more in numbers with a point, until it is saved.
const pattern = (source, flags) => {
  try { return new RegExp(source, flags); } catch { return new RegExp(source.replaceAll(/\(\?<=[^)]*\)\[[^\]]*\]\(\?=[^)]*\)/g, "(?!)"), flags); }
};
const WORDS = pattern(`${COUNTED}|${WORD}(?:(?:${INSIDE}|${MARKS})${WORD}|${MARKS})*`, "gu");
const ASCII_WORDS = pattern("[A-Za-z0-9]+(?:(?:['-]|(?<=\\d)[.,](?=\\d))[A-Za-z0-9]+)*", "g");
const ASCII = /^[\x00-\x7f]*$/;

const LETTER_LANGUAGES = new Set("bo bod cmn dz dzo hak ja jpn khm km lao lo lzh my mya nan tha th wuu yue zh zho".split(" "));
const WORDS_A_MINUTE = 238;
const LETTERS_A_MINUTE = 500;

writing.countWords = (text) => (text.match(ASCII.test(text) ? ASCII_WORDS : WORDS) || []).length;

// Whole minutes, at least one; halves go to the even side, as they do on the server.
writing.minutes = (words, language) => {
  const byLetter = LETTER_LANGUAGES.has(language.replaceAll("_", "-").split("-")[0].toLowerCase());
  const exact = words / (byLetter ? LETTERS_A_MINUTE : WORDS_A_MINUTE);
  const below = Math.floor(exact);
  const up = exact - below > 0.5 || (exact - below === 0.5 && below % 2 === 1);
  return Math.max(1, below + (up ? 1 : 0));
};

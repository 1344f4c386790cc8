// Where one is in a part: kept on this device at once, told to the account soon (send.js), shown when one comes back.
//
// What is kept, in local storage; `owner` is the mark of whoever has signed in ("" for a visitor), so that nothing is
// ever shown to, or sent as, somebody else:
//   talehouse.places        {"<owner>:<part>": {at, block, share, read, key, story, storyTitle, title, url, language, next}}
//     the newest place of each part, 500 at most. `at`: milliseconds of this device's clock; `share`: per mille;
//     `read`: when its end was in view, 0 for never; `next`: {url, title} of the part after it.
//   talehouse.places.unsent {"<owner>:<part>": {part, at, block, share, finished, seconds, key}}
//     what the account has not been told, in the words of POST /library/places/. Visitors have none.
//   talehouse.places.ahead  how many milliseconds this device's clock is ahead of the archive's.
// "talehouse:place" on the document brings what waits, also where storage is closed or full; "talehouse:ask" asks where
// one is in some parts; "talehouse:places" brings what the account knows.
const PLACES = "talehouse.places";
const UNSENT = "talehouse.places.unsent";
const AHEAD = "talehouse.places.ahead";
const MOST = 500;
const SETTLED = 700; // milliseconds without scrolling
const ENOUGH = 3000; // a page that was only glanced at is not begun
const SURE = 10000; // so long somebody reads on from elsewhere before the old place is given up
const place = document.querySelector("[data-place]");
const article = document.querySelector("article[data-read]");

const load = (name) => { try { return JSON.parse(localStorage.getItem(name)) || {}; } catch { return {}; } };
const newest = (all, most) => Object.fromEntries(Object.entries(all).sort(([, one], [, other]) => other.at - one.at).slice(0, most));
const save = (name, all) => {
  for (let most = MOST; most >= 1; most = Math.floor(most / 4)) {
    try { localStorage.setItem(name, JSON.stringify(newest(all, most))); return; } catch { /* no room: the oldest go */ }
  }
};

if (place && article) {
  const owner = document.querySelector("[data-owner]")?.dataset.owner ?? "";
  const part = Number(article.dataset.part);
  const name = `${owner}:${part}`;
  const key = new URLSearchParams(location.search).get("key") ?? "";
  const blocks = () => [...article.children].filter((block) => block.id.startsWith("b-"));
  const line = () => Math.min(innerHeight * 0.3, 220); // the line at which somebody reads, from the top of the window

  const where = () => {
    const box = article.getBoundingClientRect();
    const ended = box.bottom <= innerHeight + 8;
    const share = ended ? 1 : Math.min(1, Math.max(0, (line() - box.top) / (box.height || 1)));
    const here = blocks().find((block) => block.getBoundingClientRect().bottom > line()) ?? blocks().at(-1);
    return { block: here?.id.slice(2) ?? "", share: Math.round(share * 1000), ended };
  };

  // What is known: by this device, and by the account as the page came.
  const told = JSON.parse(place.querySelector("[data-my-place]")?.dataset.myPlace ?? "{}");
  const ahead = Number(load(AHEAD)) || 0;
  let mine = load(PLACES)[name] ?? null;
  if (mine && "read" in told) mine.read = told.read && told.read + ahead; // it may have been marked by hand
  const learn = (theirs) => {
    if (!theirs?.at || (mine && theirs.at <= mine.at + 1500)) return false;
    mine = { ...describe(), ...mine, at: theirs.at, block: theirs.block, share: theirs.share, read: Math.max(mine?.read ?? 0, theirs.read) };
    save(PLACES, { ...load(PLACES), [name]: mine });
    return true;
  };
  const following = document.querySelector("[data-next]");
  const describe = () => ({
    key, story: Number(place.dataset.story), storyTitle: place.dataset.storyTitle, title: place.dataset.title, url: place.dataset.url,
    language: place.dataset.language, next: following && { url: following.getAttribute("href"), title: following.querySelector("bdi").textContent },
  });
  learn(told.at && { ...told, at: told.at + ahead, read: told.read && told.read + ahead });

  const opened = performance.now();
  let moved = false;
  let timer = 0;

  // Going there.
  const offer = place.querySelector(".offer");
  const [there, later] = offer.children;
  const said = place.querySelector("[role=status]");
  let offered = null; // the place that is offered, until one decides
  const blockOf = (goal) => document.getElementById(`b-${goal.block}`);
  const mark = (goal) => {
    const block = blockOf(goal) ?? blocks().find((one) => one.getBoundingClientRect().bottom > line());
    if (!block || block === article.firstElementChild) return; // nobody needs to be shown the beginning
    for (const other of article.querySelectorAll("[data-here]")) other.removeAttribute("data-here");
    block.dataset.here = place.dataset.wasHere;
    said.textContent = place.dataset.wasHere;
    setTimeout(() => block.removeAttribute("data-here"), 12_000);
  };
  const go = (goal) => {
    const box = article.getBoundingClientRect();
    const block = blockOf(goal);
    const top = block ? block.getBoundingClientRect().top : box.top + (box.height * goal.share) / 1000; // it was taken out: near it
    reading.whole = false;
    scrollTo({ top: scrollY + top - line() + (block ? 24 : 0), behavior: "instant" });
    mark(goal);
  };
  const decide = () => { offered = null; offer.hidden = true; };
  const propose = (goal) => {
    if (goal.share <= 20 || (goal.read && goal.share >= 970) || where().block === goal.block) return;
    clearTimeout(timer);
    timer = 0;
    offered = goal;
    offer.classList.toggle("afloat", scrollY > 300); // it came while one was reading
    there.href = `#b-${goal.block}`;
    offer.hidden = false;
  };
  there.addEventListener("click", (event) => { event.preventDefault(); const goal = offered; decide(); if (goal) go(goal); });
  later.addEventListener("click", () => { decide(); settle(); });

  const arrive = () => {
    if (!mine) return;
    if (location.hash === `#b-${mine.block}` && mine.block) go(mine);
    else if (!location.hash && scrollY < 50) propose(mine);
  };

  // Keeping it.
  const reading = { from: where().share, seconds: 0, share: where().share, active: opened, whole: true };
  const keep = () => {
    clearTimeout(timer);
    timer = 0;
    if (document.visibilityState === "hidden" && !moved) return;
    const { block, share, ended } = where();
    if (mine && mine.block === block && mine.share === share && (mine.read || !ended)) return;
    const at = Date.now();
    const isNew = ended && !mine?.read;
    mine = { ...describe(), at, block, share, read: ended ? at : mine?.read ?? 0 };
    save(PLACES, { ...load(PLACES), [name]: mine });
    if (!owner) return;
    const before = load(UNSENT)[name];
    const finished = ended || Boolean(before?.finished);
    const seconds = isNew && reading.whole && reading.from < 100 ? Math.round(reading.seconds) : before?.seconds ?? 0;
    const one = { part, at, block, share, finished, seconds, ...(key && { key }) };
    save(UNSENT, { ...load(UNSENT), [name]: one });
    document.dispatchEvent(new CustomEvent("talehouse:place", { detail: { [name]: one } }));
  };
  const settle = () => {
    const wait = offered ? SURE : Math.max(SETTLED, ENOUGH - (performance.now() - opened));
    clearTimeout(timer);
    timer = setTimeout(() => { if (offered) decide(); keep(); }, wait);
  };
  addEventListener("scroll", () => {
    moved = true;
    reading.active = performance.now();
    if (!offered || !timer) settle();
  }, { passive: true });
  for (const sign of ["pointerdown", "keydown"]) addEventListener(sign, () => { reading.active = performance.now(); }, { passive: true });
  addEventListener("pagehide", () => { if (moved && !offered && performance.now() - opened > SETTLED) keep(); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && moved && !offered) keep(); });

  // How long it took, if it was read from its beginning to its end without a jump. Nobody stays two minutes on one screen.
  setInterval(() => {
    if (document.visibilityState !== "visible" || performance.now() - reading.active > 120_000) return;
    const { share } = where();
    if (share - reading.share > 400 && article.getBoundingClientRect().height > 2 * innerHeight) reading.whole = false;
    reading.share = share;
    reading.seconds += 1;
  }, 1000);

  document.addEventListener("talehouse:places", ({ detail }) => {
    const theirs = detail.find((one) => one.part === part);
    if (theirs && learn(theirs)) propose(mine);
  });
  let away = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") { away = Date.now(); return; }
    if (owner && away && Date.now() - away > 60_000) document.dispatchEvent(new CustomEvent("talehouse:ask", { detail: [part] }));
  });

  arrive();
  if (!offered) settle();
}

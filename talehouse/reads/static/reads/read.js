// One honest read: the part was in view for 10 seconds in sum (3 if it is short), then one beacon is sent.
const article = document.querySelector("article[data-read]");
const TICK = 250;

const begin = () => {
  const part = article.dataset.part;
  const key = new URLSearchParams(location.search).get("key"); // an unlisted story opens with one
  const mark = `read:${part}:${new Date().toISOString().slice(0, 10)}`;
  let left = "short" in article.dataset ? 3000 : 10000;
  let inView = false;
  let clock = 0;
  const remember = () => { try { sessionStorage.setItem(mark, "1"); } catch { /* the server counts once all the same */ } };
  const sentBefore = () => { try { return sessionStorage.getItem(mark); } catch { return null; } };
  if (sentBefore()) return;

  const send = () => fetch("/beacon/read/", {
    method: "POST",
    keepalive: true,
    body: new URLSearchParams(key ? { part, key } : { part }),
  }).then((answer) => { if (answer.status < 500) remember(); }, () => addEventListener("online", send, { once: true }));

  const watcher = new IntersectionObserver((entries) => { inView = entries.at(-1).isIntersecting; });
  watcher.observe(article);
  let last = performance.now();
  clock = setInterval(() => {
    const now = performance.now();
    // A sleeping machine or a frozen tab makes one long tick: it counts as one short one.
    if (inView && document.visibilityState === "visible") left -= Math.min(now - last, 2 * TICK);
    last = now;
    if (left > 0) return;
    clearInterval(clock);
    watcher.disconnect();
    send();
  }, TICK);
};

if (article) {
  if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
  else begin();
}

// Pages by tap: when chosen, a tap on the near or far third of the text moves by one screen.
const pages = document.querySelector("article[data-part]");
const wanted = () => { try { return Boolean(JSON.parse(localStorage.getItem("talehouse.reader"))?.tap); } catch { return false; } };

pages?.parentElement.addEventListener("click", (event) => {
  if (!wanted() || event.target.closest("a, button, summary, input, label, nav") || !getSelection().isCollapsed) return;
  const share = event.clientX / innerWidth;
  if (share > 1 / 3 && share < 2 / 3) return;
  const forward = (share >= 2 / 3) === (document.documentElement.dir !== "rtl");
  const step = innerHeight - 5 * parseFloat(getComputedStyle(pages).fontSize);
  scrollBy({ top: forward ? step : -step });
});

// The thin line, the minutes that are left, and a bar that steps back while one reads on.
const text = document.querySelector("article[data-part]");
const line = document.querySelector("[data-line] i");
const left = document.querySelector("[data-left]");
const top_ = document.querySelector("[data-top]");

if (text && line && left && top_) {
  let before = scrollY;
  let queued = false;

  const say = (share) => {
    const minutes = Math.round(Number(left.dataset.minutes) * (1 - share));
    if (share >= 1) left.textContent = "";
    else left.textContent = minutes < 1 ? left.dataset.leftLast : left.dataset.left.replace("{n}", minutes);
  };

  const draw = () => {
    queued = false;
    const box = text.getBoundingClientRect();
    // From the first line in the upper half of the window to the last line at its foot.
    const start = Math.max(0, scrollY + box.top - innerHeight / 2);
    const end = scrollY + box.bottom - innerHeight;
    const share = end > start ? Math.min(1, Math.max(0, (scrollY - start) / (end - start))) : 1;
    line.style.setProperty("transform", `scaleX(${share})`);
    say(share);
    top_.classList.toggle("deep", scrollY > 160);
    if (Math.abs(scrollY - before) > 6) {
      top_.classList.toggle("away", scrollY > before && scrollY > 200 && box.bottom > 0);
      before = scrollY;
    }
  };

  const ask = () => { if (!queued) { queued = true; requestAnimationFrame(draw); } };
  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask, { passive: true });
  draw();
}

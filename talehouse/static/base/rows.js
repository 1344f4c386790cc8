// Where a row of ways is wider than the window, the way that one is on is moved into view.
for (const row of document.querySelectorAll("[data-row]")) {
  const here = row.querySelector("[aria-current]");
  const wide = [...row.children, row].find((one) => one.scrollWidth > one.clientWidth);
  if (!here || !wide) continue;
  const [inside, outside] = [here.getBoundingClientRect(), wide.getBoundingClientRect()];
  wide.scrollLeft += inside.left + inside.width / 2 - outside.left - outside.width / 2;
}

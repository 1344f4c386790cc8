// Where one is, on the page of a story and on the home page; shelves by one tap; updates that were looked at.
const mine = document.querySelector("[data-mine]");
const owner = document.querySelector("[data-owner]")?.dataset.owner ?? "";
const load = () => { try { return JSON.parse(localStorage.getItem("talehouse.places")) || {}; } catch { return {}; } };
// The places of whoever is here, the last first.
const places = () => Object.entries(load()).filter(([name]) => name.startsWith(`${owner}:`))
  .map(([name, one]) => ({ ...one, part: name.slice(owner.length + 1) })).sort((one, other) => other.at - one.at);
const address = ({ url, block, share }) => (block && share > 0 ? `${url}#b-${block}` : url);

// Read and begun parts in the contents: by the account, and by what this device knows.
if (mine) {
  const here = places().filter((one) => String(one.story) === mine.dataset.mine);
  const read = new Set([...(mine.dataset.read ?? "").split(" "), ...(owner ? [] : here.filter((one) => one.read).map((one) => one.part))]);
  const half = new Set([...(mine.dataset.half ?? "").split(" "), ...(owner ? [] : here.filter((one) => !one.read && one.share > 20).map((one) => one.part))]);
  for (const line of document.querySelectorAll(".contents > [data-of]")) {
    const done = read.has(line.dataset.of);
    if (!done && !half.has(line.dataset.of)) continue;
    line.dataset.state = done ? "read" : "half";
    line.querySelector(".facts").append(Object.assign(document.createElement("span"), { className: "state", textContent: done ? mine.dataset.saysRead : mine.dataset.saysHalf }));
  }
  const last = here[0];
  const goal = last && (last.read && last.share >= 970 ? last.next : { ...last, url: address(last) });
  const link = mine.querySelector("a.onward");
  if (!owner && goal && link) {
    link.href = goal.url;
    link.querySelector("span > span").textContent = mine.dataset.continue;
    link.querySelector("span").append(" ", Object.assign(document.createElement("small"), { textContent: goal.title }));
  }
}

// A visitor's way on, from the device's own places.
const shelf = document.querySelector("[data-continue-here]");
if (shelf && !owner) {
  const stories = new Map();
  for (const one of places()) if (!stories.has(one.story)) stories.set(one.story, one);
  const template = shelf.querySelector("template");
  const goals = [...stories.values()].map((one) => (one.read && one.share >= 970 ? one.next && { ...one, ...one.next, share: 0 } : { ...one, url: address(one) })).filter(Boolean);
  for (const goal of goals.slice(0, 6)) {
    const item = template.content.cloneNode(true);
    item.querySelector("a").href = goal.url;
    const [story, part] = item.querySelectorAll("bdi");
    story.textContent = goal.storyTitle;
    part.textContent = goal.title;
    for (const title of [story, part]) title.lang = goal.language;
    item.querySelector("progress").value = goal.share;
    shelf.querySelector("ul").append(item);
  }
  shelf.hidden = goals.length === 0;
}

// One tap puts a story on a shelf, without leaving the page.
for (const form of document.querySelectorAll("form[data-shelfset]")) {
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button?.name) return;
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)), headers: { Accept: "application/json" } }).catch(() => null);
    const said = form.querySelector("[role=status]");
    said.classList.toggle("vh", Boolean(answer?.ok));
    if (!answer?.ok) { said.textContent = form.dataset.failed; return; }
    const on = button.getAttribute("aria-pressed") !== "true";
    if (button.dataset.own) button.value = `${button.dataset.own}-${on ? 0 : 1}`;
    else for (const other of form.querySelectorAll("[data-shelf]")) { other.setAttribute("aria-pressed", "false"); other.value = other.dataset.shelf; }
    button.setAttribute("aria-pressed", String(on));
    if (button.dataset.shelf) button.value = on ? "" : button.dataset.shelf;
    said.textContent = (await answer.json()).said;
  });
}

// Updates that stood in view for some seconds were looked at.
const seen = document.querySelector("form[data-seen]");
if (seen) setTimeout(() => {
  const body = new URLSearchParams(new FormData(seen));
  body.set("js", "1");
  fetch(seen.action, { method: "POST", body, keepalive: true }).catch(() => {});
}, 4000);

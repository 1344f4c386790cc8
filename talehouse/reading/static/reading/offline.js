// Keeping stories on this device: the buttons on a story and on a list, the page of what is kept, and the moments at
// which the worker is told to look what is new. The worker itself is reading/worker_keeping.js.
const owner = document.querySelector("[data-owner]")?.dataset.owner ?? "";
const able = "serviceWorker" in navigator && "caches" in window && "indexedDB" in window;
const SCRIPT = "/sw.js";
const LOOKED = "talehouse.kept.looked"; // when the worker looked last, so that not each page asks
const EVERY = 15 * 60 * 1000;

const ask = async (message) => {
  const worker = (await navigator.serviceWorker.ready).active;
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => (data.failed ? reject(new Error(data.failed)) : resolve(data.told));
    worker.postMessage(message, [port2]);
  });
};
const begin = async () => {
  await navigator.serviceWorker.register(SCRIPT);
  await ask({ do: "owner", owner });
};
// The worker first learns who is here: what belongs to another person is not even listed.
const known = !able ? null : navigator.serviceWorker.getRegistration().then(async (registration) => {
  if (registration) await ask({ do: "owner", owner });
  return Boolean(registration);
}).catch(() => false);
const size = (bytes) => {
  const units = ["kilobyte", "megabyte"];
  const big = bytes >= 1e6;
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: units[Number(big)], maximumFractionDigits: big ? 1 : 0 });
  return format.format(big ? bytes / 1e6 : Math.max(1, bytes / 1e3));
};
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name]);

// A button for one story: <div data-keep="story" data-key data-of…="sentences"><button></button><p role="status"></p></div>
const asked = new URLSearchParams(location.search);
const attach = async (place) => {
  const button = place.querySelector("button");
  const label = button.querySelector("span");
  const said = place.querySelector("[role=status]");
  const words = place.dataset;
  const story = Number(words.keep);
  let kept = null;
  let wants = asked.get("show") ?? ""; // an adult story is kept at the second press
  const show = () => {
    label.textContent = kept ? words.kept : words.off;
    button.setAttribute("aria-pressed", String(Boolean(kept)));
    said.textContent = kept ? fill(words.size, { size: size(kept.bytes), n: kept.parts.length }) : "";
  };
  const look = async () => { kept = (await ask({ do: "list" })).find((one) => one.id === story) ?? null; show(); };
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await begin();
      if (kept) await ask({ do: "drop", story });
      else { said.textContent = words.begins; await ask({ do: "keep", story, key: asked.get("key") ?? "", show: wants }); navigator.storage?.persist?.(); }
      await look();
    } catch (error) {
      said.textContent = words[error.message] ?? words.connection;
      if (error.message === "notice") wants = "1";
    }
    button.disabled = false;
  });
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.keeping === story && button.disabled) said.textContent = fill(words.step, { n: data.done, of: data.of });
  });
  place.hidden = false;
  if (await known) await look().catch(() => {}); else show();
};

// A whole list at once: <div data-keep-all="12,15,20">, the same sentences.
const attachAll = (place) => {
  const button = place.querySelector("button");
  const said = place.querySelector("[role=status]");
  const words = place.dataset;
  const stories = words.keepAll.split(",").map(Number);
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await begin();
      for (const [number, story] of stories.entries()) {
        said.textContent = fill(words.step, { n: number + 1, of: stories.length });
        await ask({ do: "keep", story, key: "", show: "" });
      }
      said.textContent = words.done;
    } catch (error) { said.textContent = words[error.message] ?? words.connection; }
    button.disabled = false;
  });
  place.hidden = false;
};

// The page of what is kept: <section data-kept> with a template for a story.
const list = async (place) => {
  document.documentElement.classList.toggle("away", !navigator.onLine || location.pathname !== "/offline/");
  const template = place.querySelector("template");
  const rows = place.querySelector("[data-kept-list]");
  const kept = (await known) ? await ask({ do: "list" }) : [];
  rows.replaceChildren(...kept.sort((one, other) => other.at - one.at).map((story) => {
    const row = template.content.cloneNode(true);
    const link = row.querySelector("[data-title]");
    link.textContent = story.title;
    link.href = story.url;
    link.lang = story.language;
    const cover = row.querySelector("[data-cover]");
    if (story.cover) cover.src = story.cover; else cover.replaceWith(Object.assign(document.createElement("span"), { className: "no-cover", textContent: [...story.title][0] ?? "" }));
    row.querySelector("[data-size]").textContent = fill(place.dataset.size, { size: size(story.bytes), n: story.parts.length });
    row.querySelector("[data-some]").hidden = story.parts.length >= story.total;
    row.querySelector("[data-kept-parts]").replaceChildren(...story.parts.map((part) => {
      const item = document.createElement("li");
      item.append(Object.assign(document.createElement("a"), { href: part.url, textContent: part.title, lang: story.language }));
      return item;
    }));
    row.querySelector("[data-take]").setAttribute("aria-label", fill(place.dataset.takes, { title: story.title }));
    row.querySelector("[data-take]").addEventListener("click", async () => { await ask({ do: "drop", story: story.id }); await list(place); });
    return row;
  }));
  place.querySelector("[data-kept-none]").hidden = kept.length > 0;
  place.querySelector("[data-kept-sum]").textContent = kept.length ? size(kept.reduce((sum, one) => sum + one.bytes, 0)) : "";
  place.hidden = false;
};

// What is kept is looked after at each contact, at most four times an hour.
const look = async () => {
  if (!(await known)) return;
  if (!(await ask({ do: "list" })).length) return;
  const last = Number(localStorage.getItem(LOOKED)) || 0;
  const page = document.querySelector("[data-kept]");
  if (!navigator.onLine || (Math.abs(Date.now() - last) < EVERY && !page)) return;
  localStorage.setItem(LOOKED, String(Date.now()));
  const { removed } = await ask({ do: "sync" });
  if (page) {
    const said = page.querySelector("[data-kept-said]");
    said.textContent = removed.length ? fill(page.dataset.removed, { titles: removed.join(", ") }) : "";
    said.hidden = !removed.length;
    await list(page);
  }
};

if (able) {
  document.querySelectorAll("[data-keep]").forEach(attach);
  document.querySelectorAll("[data-keep-all]").forEach(attachAll);
  const page = document.querySelector("[data-kept]");
  if (page) list(page).catch(() => {});
  // An app on the home screen opens without a connection too.
  const isApp = matchMedia("(display-mode: standalone)").matches;
  (isApp ? begin() : Promise.resolve()).then(look).catch(() => {});
  addEventListener("online", () => { look().catch(() => {}); });
  if (page || isApp) navigator.serviceWorker.ready.then((registration) => registration.periodicSync?.register("keep", { minInterval: 12 * 3600 * 1000 })).catch(() => {});
}

// Tells the account what waits on this device (place.js says how it is kept): soon after something came, when the page
// goes away, and when there is a connection again. Only what belongs to whoever has signed in here is sent.
const UNSENT = "talehouse.places.unsent";
const AHEAD = "talehouse.places.ahead";
const SOON = 1500; // with the pause before it, a place is told within three seconds
const MOST = 200; // what one message may hold
const me = document.querySelector("[data-owner][data-token]");

const waiting = () => { try { return JSON.parse(localStorage.getItem(UNSENT)) || {}; } catch { return {}; } };
const keep = (all) => {
  try { if (Object.keys(all).length) localStorage.setItem(UNSENT, JSON.stringify(all)); else localStorage.removeItem(UNSENT); } catch { /* it stays as it was */ }
};

if (me?.dataset.owner) {
  const { owner, token } = me.dataset;
  let timer = 0;
  let busy = false;
  let again = false;

  let here = {}; // what this page has told, for where storage is full
  const mine = () => Object.entries({ ...here, ...waiting() }).filter(([name]) => name.startsWith(`${owner}:`)).slice(0, MOST);
  // What was sent goes, unless something newer has come to wait in its place.
  const done = (sent) => {
    const left = waiting();
    for (const [name, one] of sent) if (left[name]?.at === one.at) delete left[name];
    keep(left);
    for (const [name, one] of sent) if (here[name]?.at === one.at) delete here[name];
  };

  const send = async (ask = []) => {
    clearTimeout(timer);
    const sent = mine();
    if (!sent.length && !ask.length) return;
    if (busy) { again = true; return; }
    busy = true;
    try {
      const begun = Date.now();
      const answer = await fetch("/library/places/", {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-Form-Token": token },
        body: JSON.stringify({ now: begun, places: sent.map(([, one]) => one), ask }),
      });
      if (answer.status === 400) done(sent); // the archive does not understand it, and never will
      if (!answer.ok) return; // signed out, too often, or broken: it waits
      const { now, places } = await answer.json();
      done(sent);
      try { localStorage.setItem(AHEAD, String(Math.round((begun + Date.now()) / 2 - now))); } catch { /* no room */ }
      document.dispatchEvent(new CustomEvent("talehouse:places", { detail: places }));
    } catch { /* no connection: it waits */ } finally {
      busy = false;
      if (again) { again = false; soon(); }
    }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(() => send(), SOON); };

  document.addEventListener("talehouse:place", ({ detail }) => { here = { ...here, ...detail }; soon(); });
  document.addEventListener("talehouse:ask", ({ detail }) => send(detail));
  addEventListener("online", () => send());
  addEventListener("pagehide", () => send());
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") send(); });
  send();
}

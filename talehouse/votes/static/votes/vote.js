// A vote without leaving the page. Without a connection it waits on this device, and is sent when there is one, from
// any page, but only by whoever cast it: "talehouse.votes" is {"<owner>:<part>": "1" or "0"}, with the mark of [data-owner].
const KEY = "talehouse.votes";
const waiting = () => { try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; } };
const keep = (votes) => {
  try { if (Object.keys(votes).length) localStorage.setItem(KEY, JSON.stringify(votes)); else localStorage.removeItem(KEY); } catch { /* no room: it is only not kept */ }
};
const form = document.querySelector("form[data-vote]");
const me = document.querySelector("[data-owner][data-token]")?.dataset;

const show = (voted, votes) => {
  const button = form.querySelector("button");
  button.setAttribute("aria-pressed", String(voted));
  button.classList.toggle("voted", voted);
  button.classList.toggle("primary", !voted);
  button.querySelector("span").textContent = voted ? button.dataset.on : button.dataset.off;
  form.elements.vote.value = voted ? "0" : "1";
  if (votes) document.querySelectorAll("[data-count=votes]").forEach((place) => {
    place.title = votes.full;
    place.querySelector(".n").textContent = votes.short;
    place.querySelector(".vh").textContent = votes.full;
  });
};
const door = form?.querySelector("[data-door]");
const say = (text, { out = false } = {}) => {
  form.querySelector(".vote-said").textContent = text;
  door.hidden = !out;
};
const sayOut = () => {
  door.href = `/accounts/login/?${new URLSearchParams({ next: location.pathname + location.search })}`;
  say(form.dataset.out, { out: true });
};
const isJson = (answer) => (answer.headers.get("Content-Type") || "").includes("json");
const isOut = (answer) => answer.status === 401 || (answer.status === 403 && !isJson(answer)); // the session has ended

const send = async (part, vote) => {
  const body = new URLSearchParams({ vote, js: "1", form_token: me.token });
  const answer = await fetch(part === form?.dataset.vote ? form.action : `/parts/${part}/vote/`, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.status >= 500) throw new Error(answer.status);
  return answer;
};

const sendWaiting = async () => {
  for (const [name, vote] of Object.entries(waiting())) {
    const [owner, part] = name.split(":");
    if (part && owner !== me.owner) continue; // somebody else's: it waits for them
    if (part) try {
      const answer = await send(part, vote);
      if (isOut(answer)) { if (part === form?.dataset.vote) sayOut(); return; } // it waits
      if (part === form?.dataset.vote && answer.ok) { const told = await answer.json(); show(told.voted, told.votes); say(""); }
    } catch { return; }
    const left = waiting();
    delete left[name];
    keep(left);
  }
};

const wait = (vote) => {
  keep({ ...waiting(), [`${me.owner}:${form.dataset.vote}`]: vote });
  show(vote === "1");
};
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const vote = form.elements.vote.value;
  try {
    const answer = await send(form.dataset.vote, vote);
    if (isOut(answer)) { wait(vote); sayOut(); return; }
    const told = isJson(answer) ? await answer.json() : {};
    if (answer.ok) { show(told.voted, told.votes); say(""); } else say(told.message || form.dataset.refused);
  } catch {
    wait(vote);
    say(form.dataset.later);
  }
});
if (me?.owner) {
  addEventListener("online", sendWaiting);
  sendWaiting();
}

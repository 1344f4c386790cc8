// A vote without leaving the page. Without a connection it waits on this device and is sent when there is one.
const KEY = "talehouse.votes";
const waiting = () => { try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; } };
const keep = (votes) => { try { localStorage.setItem(KEY, JSON.stringify(votes)); } catch { /* no room: it is only not kept */ } };
const form = document.querySelector("form[data-vote]");

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
const say = (text) => { form.querySelector(".vote-said").textContent = text; };

const send = async (part, vote) => {
  const body = new URLSearchParams({ vote, js: "1", form_token: form.elements.form_token.value });
  const answer = await fetch(part === form.dataset.vote ? form.action : `/parts/${part}/vote/`, { method: "POST", body, headers: { Accept: "application/json" } });
  if (answer.status >= 500) throw new Error(answer.status);
  return answer;
};

const sendWaiting = async () => {
  for (const [part, vote] of Object.entries(waiting())) {
    try {
      const answer = await send(part, vote);
      if (answer.status === 401) return;
      if (part === form.dataset.vote && answer.ok) { const told = await answer.json(); show(told.voted, told.votes); say(""); }
    } catch { return; }
    const left = waiting();
    delete left[part];
    keep(left);
  }
};

if (form) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const vote = form.elements.vote.value;
    try {
      const answer = await send(form.dataset.vote, vote);
      const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
      if (answer.ok) { show(told.voted, told.votes); say(""); } else say(told.message || form.dataset.refused);
    } catch {
      keep({ ...waiting(), [form.dataset.vote]: vote });
      show(vote === "1");
      say(form.dataset.later);
    }
  });
  addEventListener("online", sendWaiting);
  sendWaiting();
}

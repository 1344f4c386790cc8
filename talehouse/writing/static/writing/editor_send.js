// Sending to the server: one request at a time. What comes back is put into one of a few kinds.
const writing = (globalThis.writing ??= {});

const LARGEST_FAREWELL = 60_000; // browsers let a page that goes away send 64 KiB

const formOf = (fields, more) => {
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...more })) if (value !== null && value !== undefined) form.append(name, value);
  return form;
};

const KINDS = { 400: "refused", 401: "out", 403: "refused", 404: "gone", 409: "conflict", 413: "refused", 429: "busy", 507: "full" };

// `address`: where to save; `token`: of the page's form. Another one is fetched when somebody has signed in anew.
writing.sender = ({ address, token, owner }) => {
  let current = token;
  const ask = async (method, body, more = {}) => {
    const headers = { Accept: "application/json", ...(method === "POST" ? { "X-CSRFToken": current } : {}) };
    let answer;
    try {
      answer = await fetch(address, { method, body, headers, credentials: "same-origin", redirect: "manual", cache: "no-store", ...more });
    } catch { return { kind: "offline" }; }
    if (answer.type === "opaqueredirect") return { kind: "out" };
    const json = (answer.headers.get("content-type") || "").includes("json");
    let told = {};
    try { if (json) told = await answer.json(); } catch { return { kind: "offline" }; }
    if (answer.ok) return json ? { kind: "done", ...told } : { kind: "trouble" };
    if (answer.status === 403 && !json) return { kind: "forged" };
    if (answer.status === 404 && !json) return { kind: "trouble" };
    return { kind: KINDS[answer.status] || "trouble", ...told };
  };
  // Who is signed in now. A token comes with it.
  const look = async () => {
    const told = await ask("GET");
    if (told.kind !== "done") return told;
    if (told.owner !== owner) return { kind: "other" };
    current = told.token;
    return told;
  };
  const save = async (fields, others) => {
    const more = { ...others, owner };
    const told = await ask("POST", formOf(fields, more));
    if (told.kind !== "forged") return told;
    const seen = await look();
    if (seen.kind !== "done") return seen;
    const again = await ask("POST", formOf(fields, more));
    return again.kind === "forged" ? { kind: "out" } : again;
  };
  // On the way out: only what fits, and nobody waits for the answer.
  const farewell = (fields, more) => {
    const size = Object.values(fields).reduce((sum, value) => sum + new Blob([value ?? ""]).size, 2_000);
    if (size > LARGEST_FAREWELL) return;
    ask("POST", formOf(fields, { ...more, owner }), { keepalive: true });
  };
  // What was set aside is decided: the newest text stays, and nobody is asked about the other any more.
  const settle = async (number) => {
    const body = new FormData();
    body.append("csrfmiddlewaretoken", current);
    try { await fetch(address.replace(/keep\/$/, `revisions/${number}/dismiss/`), { method: "POST", body, redirect: "manual" }); } catch { /* it can be put away in the list */ }
  };
  return { save, look, farewell, settle };
};

// Passkeys and security keys: a form that asks the browser for one and takes its answer along.
// <form data-passkey="create|get" data-options="id of the JSON, or the address that gives it">
// with a paragraph in it that says what went wrong: data-passkey-said data-failed="…" data-unsupported="…"
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

const optionsOf = async (form) => {
  const from = form.dataset.options;
  if (!from.startsWith("/")) return JSON.parse(document.getElementById(from).textContent);
  const answer = await fetch(from, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const create = async (form, { creation_options: { publicKey: wanted } }) => {
  const alone = form.elements.passwordless?.checked ?? false;
  const made = await navigator.credentials.create({ publicKey: {
    ...wanted,
    challenge: bytes(wanted.challenge),
    user: { ...wanted.user, id: bytes(wanted.user.id) },
    excludeCredentials: known(wanted.excludeCredentials),
    authenticatorSelection: {
      ...wanted.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      userVerification: alone ? "required" : "preferred",
    },
  } });
  return {
    credential: made,
    response: { attestationObject: text(made.response.attestationObject), transports: made.response.getTransports?.() ?? [] },
  };
};

const get = async (form, { request_options: { publicKey: wanted } }) => {
  const found = await navigator.credentials.get({ publicKey: {
    ...wanted, challenge: bytes(wanted.challenge), allowCredentials: known(wanted.allowCredentials),
  } });
  const { authenticatorData, signature, userHandle } = found.response;
  return {
    credential: found,
    response: {
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
};

const ask = async (form) => {
  const { credential, response } = await (form.dataset.passkey === "create" ? create : get)(form, await optionsOf(form));
  form.elements.credential.value = JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...response, clientDataJSON: text(credential.response.clientDataJSON) },
  });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const said = form.querySelector("[data-passkey-said]");
  const say = (sentence) => { said.textContent = sentence; said.hidden = !sentence; };
  const button = form.querySelector("button");
  if (!window.PublicKeyCredential) {
    button.disabled = true;
    say(said.dataset.unsupported);
    continue;
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    button.disabled = true;
    try {
      await ask(form);
      form.submit();
    } catch (error) {
      say(error.name === "SecurityError" ? said.dataset.unsupported : said.dataset.failed);
    } finally {
      button.disabled = false;
    }
  });
}

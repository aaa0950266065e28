// Passkeys: a form marked with data-passkey asks the server what to sign, the browser for a key, and sends itself.
import { $, all, ask, toast } from "./page.js";
import { say } from "./words.js";

const BINARY = new Set(["challenge", "id"]);

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The server's JSON as the browser wants it (WebAuthn level 3, parseCreationOptionsFromJSON, for those that lack it).
function options(given, name = "") {
  if (Array.isArray(given)) return given.map((part) => options(part));
  if (given === null || typeof given !== "object") return BINARY.has(name) && typeof given === "string" ? bytes(given) : given;
  const found = {};
  for (const [key, value] of Object.entries(given)) {
    if (value === null) continue;
    found[key] = key === "rp" ? value : options(value, key);
  }
  return found;
}

function answer(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = text(credential.response[part]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: {},
  });
}

async function proceed(form) {
  const adding = form.dataset.passkey === "add";
  const button = $("button", form);
  button.disabled = true;
  try {
    const { token, options: given } = JSON.parse(await ask(`${form.getAttribute("action")}/begin`, new URLSearchParams(new FormData(form))));
    const publicKey = options(given);
    const made = adding ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
    form.elements.token.value = token;
    form.elements.answer.value = answer(made);
    if (form.elements.key_password) form.elements.key_password.value = "";
    form.submit();
  } catch (refusal) {
    toast(refusal instanceof DOMException ? say("no_passkey") : refusal.message, true);
    button.disabled = false;
  }
}

export function startPasskeys() {
  for (const form of all("form[data-passkey]")) {
    if (!window.PublicKeyCredential) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      proceed(form);
    });
  }
}

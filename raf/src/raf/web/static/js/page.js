// Small things all modules use: asking the server, making nodes of its HTML, telling something at the bottom of the screen.
import { say } from "./words.js";

export const $ = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

export function nodes(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content;
}

export function icon(name) {
  return nodes(`<svg class="i" aria-hidden="true"><use href="#i-${name}"/></svg>`).firstChild;
}

export class Refusal extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

// The text of an answer to a form or a link. Throws a Refusal with words for the person.
export async function ask(url, body) {
  let answer;
  try {
    answer = await fetch(url, {
      method: body ? "POST" : "GET",
      body,
      headers: { "X-Raf": "fragment" },
      redirect: "follow",
    });
  } catch {
    throw new Refusal(0, say("offline"));
  }
  const text = await answer.text();
  if (answer.ok) return text;
  let told = say(answer.status === 413 ? "too_large" : answer.status === 401 ? "logged_out" : "failed");
  try {
    told = JSON.parse(text).error || told;
  } catch {
    // an answer of a proxy: the words above are all there is
  }
  throw new Refusal(answer.status, told);
}

// The hidden form of the page, with its token.
export function actForm() {
  return new URLSearchParams(new FormData(document.getElementById("act")));
}

let shown;
export function toast(text, bad = false) {
  shown?.remove();
  shown = document.createElement("p");
  shown.className = bad ? "toast bad" : "toast";
  shown.setAttribute("role", bad ? "alert" : "status");
  shown.textContent = text;
  document.body.append(shown);
  const mine = shown;
  setTimeout(() => mine.remove(), 5000);
}

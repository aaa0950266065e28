// Likes, boosts, bookmarks and follows without leaving the page. The server answers with the post as it is now.
import { $, actForm, all, ask, nodes, toast } from "./page.js";
import { showTimes } from "./times.js";
import { say } from "./words.js";

const POST = new Set(["like", "boost", "keep"]);

const STOPS = "a, button, input, summary";

// Puts `part` where `place` was: what was open stays open, what was chosen stays chosen, and the focus stays where it was.
function renew(place, part) {
  const open = all("details", place).map((details) => details.open);
  const chosen = all("input:checked", place).map(({ name, value }) => `[name="${name}"][value="${value}"]`);
  const at = all(STOPS, place).indexOf(document.activeElement);
  const inside = place.contains(document.activeElement);
  place.replaceWith(part);
  all("details", part).forEach((details, number) => (details.open = open[number] ?? details.open));
  for (const selector of chosen) {
    const input = $(selector, part);
    if (input) input.checked = true;
  }
  if (inside) (all(STOPS, part)[at] ?? part.closest("[tabindex]"))?.focus({ preventScroll: true });
}

// Every copy of a post on the page becomes `html`, the boosts of it included; the place it stands in stays.
export function replacePost(id, html) {
  for (const old of all(`[data-post="${CSS.escape(id)}"]`)) {
    const fresh = nodes(html).firstElementChild;
    if (!fresh) continue;
    for (const name of [".post-body", ".post-acts"]) {
      const place = $(name, old);
      const part = $(name, fresh);
      if (!place || !part || (name === ".post-body" && place.textContent === part.textContent)) continue;
      renew(place, part);
    }
    showTimes(old);
  }
}

// A poll stands in its post, in boosts of it and in posts that quote it.
function showPoll(html) {
  const poll = $("[data-poll]", nodes(html));
  if (!poll) return;
  for (const old of all(`[data-poll="${CSS.escape(poll.dataset.poll)}"]`)) {
    const inside = old.contains(document.activeElement);
    const fresh = poll.cloneNode(true);
    old.replaceWith(fresh);
    if (inside) fresh.focus({ preventScroll: true });
  }
}

function show(button) {
  const pressed = button.getAttribute("aria-pressed") === "true";
  button.setAttribute("aria-pressed", String(!pressed));
}

async function press(button) {
  const url = button.getAttribute("formaction");
  button.dataset.busy = "yes";
  if (POST.has(button.dataset.act)) show(button);
  try {
    if (button.dataset.act === "follow") {
      const slim = button.classList.contains("slim") ? "?slim=1" : "";
      const fresh = nodes(await ask(url + slim, actForm())).firstElementChild;
      button.replaceWith(fresh);
      fresh.focus();
    } else if (button.dataset.act === "vote") {
      showPoll(await ask(url, actForm()));
    } else {
      replacePost(button.closest("[data-post]").dataset.post, await ask(url, actForm()));
    }
  } catch (refusal) {
    if (POST.has(button.dataset.act)) show(button);
    toast(refusal.message, true);
  } finally {
    delete button.dataset.busy;
  }
}

async function copy(button) {
  const address = new URL(button.dataset.copy, location.href).href;
  try {
    await navigator.clipboard.writeText(address);
    toast(say("copied"));
  } catch {
    prompt(say("copied"), address);
  }
  button.closest("details")?.removeAttribute("open");
}

export function startActions() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[form='act'][data-act]");
    if (button) {
      event.preventDefault();
      if (!button.dataset.busy) press(button);
      return;
    }
    const link = event.target.closest("[data-copy]");
    if (link) copy(link);
    for (const menu of all("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
    const post = event.target.closest(".post:not(.focus)");
    const idle = post && !event.target.closest("a, button, summary, input, textarea, select, video, audio, .menu-list, .media");
    if (idle && !String(getSelection())) $(".post-when a", post)?.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = $("details.menu[open]");
    if (menu) {
      menu.removeAttribute("open");
      $("summary", menu).focus();
    }
  });
  for (const back of all("[data-back]")) {
    back.addEventListener("click", (event) => {
      const here = document.referrer && new URL(document.referrer).origin === location.origin;
      if (!here || history.length < 2) return;
      event.preventDefault();
      history.back();
    });
  }
}


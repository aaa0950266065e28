// Keys, as on Mastodon: j k to walk, n to write, r f b o x e for the post one stands on, / to search, ? for the list.
import { showKeys, write } from "./dialogs.js";
import { showWaiting } from "./feed.js";
import { $, all, calm } from "./page.js";

const current = () => document.activeElement?.closest?.(".post, .told");

function step(by) {
  const posts = all(".post, .told");
  if (!posts.length) return;
  const here = current();
  const first = posts.findIndex((post) => post.getBoundingClientRect().bottom > 80);
  const next = here ? posts[posts.indexOf(here) + by] : posts[Math.max(0, first)];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

const press = (act) => $(`[data-act="${act}"]`, current() ?? undefined)?.click();

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  n: () => {
    const text = $("main [data-composer] [data-text]");
    if (text) text.focus();
    else if (document.body.dataset.account) write("/compose");
  },
  r: () => current() && press("reply"),
  f: () => current() && press("like"),
  b: () => current() && press("boost"),
  o: () => $(".post-when a", current() ?? document.createElement("i"))?.click(),
  x: () => $("details.lid > summary", current() ?? document.createElement("i"))?.click(),
  e: () => $("[data-look]", current() ?? document.createElement("i"))?.click(),
  ".": showWaiting,
  "/": () => {
    const field = all("input[type=search]").find((input) => input.offsetParent);
    if (field) field.focus();
    else location.assign("/search");
  },
  "?": showKeys,
};
// the same keys under a Russian layout
const RUSSIAN = { о: "j", л: "k", т: "n", к: "r", а: "f", и: "b", щ: "o", ч: "x", у: "e", ю: ".", ",": "?" };

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, textarea, select, dialog, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur?.();
      return;
    }
    const act = KEYS[event.key] ?? KEYS[RUSSIAN[event.key.toLowerCase()]];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

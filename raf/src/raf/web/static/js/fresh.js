// Parts of a page that say how far something is (`data-fresh`): read anew every few seconds until they say that it is done.
import { $, all } from "./page.js";

const PAUSE = 3000;

export function startFresh() {
  if ($("[data-fresh]")) setTimeout(look, PAUSE);
}

async function look() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of all("[data-fresh]")) {
      const fresh = page.getElementById(part.id);
      if (fresh && !part.contains(document.activeElement)) part.replaceWith(fresh);
    }
  } catch {
    // no connection: the next look may have one
  }
  startFresh();
}

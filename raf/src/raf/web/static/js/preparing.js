// Posts that wait for their film: the page is drawn anew when one of them has gone out. Without scripts there is a link.
import { all } from "./page.js";

const EVERY = 3000;
const MARK = "[data-preparing]";

export function startPreparing() {
  const before = all(MARK, document).length;
  if (!before) return;
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok && page.querySelectorAll(MARK).length !== before) location.reload();
    } catch {
      // no network just now: the next look tells
    }
  }, EVERY);
}

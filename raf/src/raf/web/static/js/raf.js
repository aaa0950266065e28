// Pages work without scripts; these make them live. Each module looks for its own marks in the page.
import { startActions } from "./actions.js";
import { startComposers } from "./composer.js";
import { startDialogs } from "./dialogs.js";
import { startFeed } from "./feed.js";
import { startFresh } from "./fresh.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startPreparing } from "./preparing.js";
import { startPush } from "./push.js";
import { startPasskeys } from "./passkeys.js";
import { startPasswords } from "./passwords.js";
import { startTimes } from "./times.js";

startTimes();
startActions();
startComposers(document);
startDialogs();
startFeed();
startFresh();
startKeys();
startPasskeys();
startPasswords();
startLive();
startPush();
startPreparing();
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const tabs = tab.closest(".tabs"); // scrollIntoView would move the page as well
  tabs.scrollLeft += tab.getBoundingClientRect().left - tabs.getBoundingClientRect().left - (tabs.clientWidth - tab.offsetWidth) / 2;
}
document.documentElement.dataset.ready = "yes";

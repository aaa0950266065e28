// What the console's pages do in a browser that runs scripts. Everything here also works without them, by links and forms.

import { follow, refresh } from "./live.js";
import { followLogs } from "./logs.js";

document.documentElement.classList.add("scripted");

let shown = location.pathname + location.search;

// Filters take effect as they are chosen; the address keeps them.
function apply(form, push) {
  const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
  const address = form.getAttribute("action") + (query.size ? `?${query}` : "");
  history[push ? "pushState" : "replaceState"](null, "", address);
  shown = location.pathname + location.search;
  refresh();
}

let typing = 0;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (!form || event.target.nodeName === "SELECT") return;
  clearTimeout(typing);
  typing = setTimeout(() => apply(form, false), 250);
});
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-filters]");
  if (form && event.target.nodeName === "SELECT") apply(form, true);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-filters]")) {
    event.preventDefault();
    clearTimeout(typing);
    return apply(event.target, true);
  }
  if (event.target.method === "post") {
    // a second press does not call an operation twice
    setTimeout(() => event.target.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  }
});
addEventListener("popstate", () => {
  if (shown !== location.pathname + location.search) location.reload(); // and not for a place within the page
});
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form button:disabled").forEach((button) => (button.disabled = false));
});

follow();
const lines = document.querySelector("[data-stream]");
if (lines) followLogs(lines);

// Dialogs: writing and answering over the page one reads, and the list of keys.
import { startComposers } from "./composer.js";
import { head, make } from "./dialog.js";
import { look } from "./look.js";
import { $, all, ask, nodes } from "./page.js";
import { say } from "./words.js";

// The page may hold a composer of the same names already.
function rename(form) {
  for (const node of all("[id]", form)) {
    const name = node.id;
    node.id = `${name}-over`;
    for (const label of all(`label[for="${name}"]`, form)) label.htmlFor = node.id;
    for (const user of all(`[clip-path="url(#${name})"]`, form)) user.setAttribute("clip-path", `url(#${node.id})`);
  }
}

export async function write(url) {
  let page;
  try {
    page = new DOMParser().parseFromString(await ask(url), "text/html");
  } catch {
    location.assign(url);
    return;
  }
  const form = $("form[data-composer]", page);
  if (!form) {
    location.assign(url);
    return;
  }
  const title = $("h1", page).textContent;
  const dialog = make("writing", title);
  dialog.append(head(dialog, title), document.adoptNode(form));
  form.classList.remove("sheet");
  rename(form);
  dialog.showModal();
  startComposers(dialog);
  const text = $("[data-text]", form);
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

export async function showKeys() {
  const page = new DOMParser().parseFromString(await ask("/about"), "text/html");
  const dialog = make("keyboard", say("keys"));
  const body = nodes('<div class="dialog-body"></div>').firstElementChild;
  body.append(document.adoptNode($(".keys", page)));
  dialog.append(head(dialog, say("keys")), body);
  dialog.showModal();
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const link = event.target.closest("[data-look], [data-compose], a[data-act='reply'], [data-keys]");
    if (!link) return;
    event.preventDefault();
    if (link.hasAttribute("data-look")) look(link);
    else if (link.hasAttribute("data-keys")) showKeys();
    else write(link.getAttribute("href"));
  });
}

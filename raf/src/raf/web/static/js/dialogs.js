// Dialogs: writing and answering over the page one reads, a picture as large as the screen, the list of keys.
import { startComposers } from "./composer.js";
import { $, all, ask, icon, nodes } from "./page.js";
import { say } from "./words.js";

function make(className, label) {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-label", label);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.requestClose?.());
  document.body.append(dialog);
  return dialog;
}

function closeButton(dialog) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dialog-close";
  button.setAttribute("aria-label", say("close"));
  button.append(icon("close"));
  button.addEventListener("click", () => dialog.close());
  return button;
}

function head(dialog, title) {
  const top = nodes('<div class="dialog-head"><h2></h2></div>').firstElementChild;
  top.firstElementChild.textContent = title;
  top.append(closeButton(dialog));
  return top;
}

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

function look(link) {
  const picture = $("img", link);
  const dialog = make("look", picture.alt);
  const large = document.createElement("img");
  large.src = link.href;
  large.alt = picture.alt;
  dialog.append(closeButton(dialog), large);
  if (picture.alt) {
    const words = document.createElement("p");
    words.textContent = picture.alt;
    dialog.append(words);
  }
  dialog.addEventListener("click", () => dialog.close());
  dialog.showModal();
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

// A dialog over the page: it goes when it is closed, by its button, by Escape, or by a press beside it.
import { icon, nodes } from "./page.js";
import { say } from "./words.js";

export function make(className, label) {
  const dialog = document.createElement("dialog");
  dialog.className = className;
  dialog.setAttribute("aria-label", label);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.requestClose?.());
  document.body.append(dialog);
  return dialog;
}

export function button(className, picture, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = className;
  made.setAttribute("aria-label", label);
  made.append(icon(picture));
  return made;
}

export function closeButton(dialog) {
  const made = button("dialog-close", "close", say("close"));
  made.addEventListener("click", () => dialog.close());
  return made;
}

export function head(dialog, title) {
  const top = nodes('<div class="dialog-head"><h2></h2></div>').firstElementChild;
  top.firstElementChild.textContent = title;
  top.append(closeButton(dialog));
  return top;
}

// The emoji picker of a composer: opens below its tools, walked with the arrow keys, narrowed by typing a name.
import { $, all, ask, toast } from "./page.js";
import { say } from "./words.js";

let sheet; // the page of emojis, asked for once

async function emojis() {
  sheet ??= new DOMParser().parseFromString(await ask("/emoji"), "text/html").querySelector("[data-emojis]");
  return document.importNode(sheet, true);
}

function asButton(one) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "emoji-one";
  button.dataset.write = one.dataset.write;
  button.title = one.title;
  button.setAttribute("aria-label", one.title);
  button.append(...one.childNodes);
  for (const inner of all("[role=img]", button)) inner.removeAttribute("role");
  button.tabIndex = -1;
  one.replaceWith(button);
  return button;
}

// Puts it where the caret is; the picture of a name needs air around it.
function write(field, words) {
  const before = field.value.slice(0, field.selectionStart);
  const name = words.startsWith(":");
  const added = `${name && before && !/\s$/u.test(before) ? " " : ""}${words}${name ? " " : ""}`;
  field.setRangeText(added, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function close(link, box) {
  box.remove();
  link.setAttribute("aria-expanded", "false");
}

function walk(event, shown) {
  const at = shown.indexOf(document.activeElement);
  const row = shown.findIndex((button) => button.offsetTop > shown[0].offsetTop);
  const width = row < 0 ? shown.length : row;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width, Home: -at, End: shown.length - 1 - at };
  if (!(event.key in steps) || (at < 0 && event.key !== "ArrowDown")) return;
  event.preventDefault();
  const to = at < 0 ? 0 : at + steps[event.key];
  if (to < 0 && event.key === "ArrowUp") $("input", event.currentTarget).focus();
  else shown[Math.max(0, Math.min(shown.length - 1, to))].focus();
}

async function open(form, link, field) {
  let list;
  try {
    list = await emojis();
  } catch (refusal) {
    toast(refusal.message, true);
    return;
  }
  const box = document.createElement("div");
  box.className = "extra-box emoji-box";
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", say("emoji"));
  const search = document.createElement("input");
  search.type = "search";
  search.placeholder = say("emoji_search");
  search.setAttribute("aria-label", say("emoji_search"));
  list.classList.remove("sheet", "padded");
  const buttons = all("span.emoji-one", list).map(asButton);
  buttons[0].tabIndex = 0;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    for (const button of buttons) button.parentElement.hidden = !button.title.toLowerCase().includes(wanted);
    for (const part of all("section", list)) part.hidden = !$("li:not([hidden])", part);
  });
  const shown = () => buttons.filter((button) => !button.parentElement.hidden);
  box.addEventListener("focusin", (event) => {
    if (!buttons.includes(event.target)) return;
    for (const button of buttons) button.tabIndex = button === event.target ? 0 : -1;
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(link, box);
      link.focus();
    } else if (event.key === "Enter" && event.target === search) {
      event.preventDefault();
      shown()[0]?.click();
    } else if (shown().length && (event.target !== search || event.key === "ArrowDown")) walk(event, shown());
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button.emoji-one");
    if (!button) return;
    close(link, box);
    write(field, button.dataset.write);
  });
  box.append(search, list);
  $(".tools", form).after(box);
  link.setAttribute("aria-expanded", "true");
  search.focus();
}

export function startEmoji(form, text) {
  const link = $("[data-emoji]", form);
  if (!link) return;
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  let field = text;
  form.addEventListener("focusin", ({ target }) => {
    if (target.matches("[name=text], [name=spoiler_text], [name=option]")) field = target;
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    link.click();
  });
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const box = $(".emoji-box", form);
    if (box) close(link, box);
    else open(form, link, field);
  });
}

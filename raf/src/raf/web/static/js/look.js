// A picture as large as the screen, with what it shows in words; the arrow keys go to the others of the post.
import { button, closeButton, make } from "./dialog.js";
import { $, all } from "./page.js";
import { say } from "./words.js";

export function look(link) {
  const links = all("[data-look]", link.closest(".media") ?? link.parentElement);
  let at = links.indexOf(link);
  const dialog = make("look", $("img", link).alt || say("picture"));
  const large = document.createElement("img");
  const told = document.createElement("p");
  told.setAttribute("aria-live", "polite");
  const number = document.createElement("span");
  number.className = "look-number";
  dialog.append(closeButton(dialog), large, told);

  function show(to) {
    at = (to + links.length) % links.length;
    const words = $("img", links[at]).alt;
    large.src = links[at].href;
    large.alt = words;
    number.textContent = `${at + 1} / ${links.length}`;
    told.replaceChildren(...(links.length > 1 ? [number, " "] : []), words || say("no_description"));
    told.classList.toggle("without", !words);
    new Image().src = links[(at + 1) % links.length].href; // the next one is there when it is asked for
  }

  if (links.length > 1) {
    for (const [by, picture, label] of [[-1, "back", "previous_picture"], [1, "next", "next_picture"]]) {
      const step = button(`look-step ${picture}`, picture, say(label));
      step.addEventListener("click", () => show(at + by));
      dialog.append(step);
    }
  }
  dialog.addEventListener("keydown", (event) => {
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    show(to);
  });
  dialog.addEventListener("click", (event) => !event.target.closest("button, p") && dialog.close());
  show(at);
  dialog.showModal();
}

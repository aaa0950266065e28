// Passwords: a button that shows what was typed, and at new ones a meter of how long a guess would take.
// The words come with the field (data-show, data-hide, data-strength); the server judges for itself.
import { all } from "./page.js";

const KINDS = [
  [/[a-zа-яё]/, 30],
  [/[A-ZА-ЯЁ]/, 30],
  [/[0-9]/, 10],
  [/[^A-Za-zА-Яа-яЁё0-9]/, 30],
];

// Bits, by letters that neither repeat nor follow the one before, out of as many as their kinds have.
function bits(text) {
  const variety = KINDS.reduce((sum, [kind, size]) => sum + (kind.test(text) ? size : 0), 0);
  const seen = new Map();
  let letters = 0;
  [...text].forEach((letter, place) => {
    const before = place ? text.codePointAt(place - 1) : 0;
    const step = Math.abs(letter.codePointAt(0) - before);
    const times = (seen.get(letter) || 0) + 1;
    seen.set(letter, times);
    letters += (step <= 1 ? 0.25 : 1) / times ** 0.5;
  });
  return letters * Math.log2(variety || 1);
}

function strength(text, shortest) {
  if (!text) return 0;
  const found = bits(text);
  if ([...text].length < shortest || found < 35) return 1;
  return found < 48 ? 2 : found < 65 ? 3 : 4;
}

function addEye(field) {
  const eye = document.createElement("button");
  eye.type = "button";
  eye.className = "eye";
  const draw = () => {
    const shown = field.type === "text";
    eye.textContent = shown ? field.dataset.hide : field.dataset.show;
    eye.setAttribute("aria-pressed", String(shown));
  };
  eye.setAttribute("aria-controls", field.id);
  eye.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    draw();
    field.focus();
  });
  field.form?.addEventListener("submit", () => {
    field.type = "password"; // so that no browser remembers it as a text
  });
  draw();
  field.after(eye);
}

function addMeter(field) {
  const words = field.dataset.strength.split("|");
  const line = document.createElement("span");
  line.className = "strength";
  const meter = document.createElement("meter");
  meter.max = words.length;
  meter.low = 2.5;
  meter.high = 3.5;
  meter.optimum = words.length;
  meter.setAttribute("aria-hidden", "true");
  const said = document.createElement("output");
  said.htmlFor = field.id;
  line.append(meter, said);
  line.hidden = true;
  const weigh = () => {
    const found = strength(field.value, field.minLength);
    line.hidden = !found;
    meter.value = found;
    if (found && said.value !== words[found - 1]) said.value = words[found - 1];
  };
  field.addEventListener("input", weigh);
  field.parentElement.querySelector(".eye").after(line);
}

export function startPasswords() {
  for (const field of all("input[type=password][data-show]")) {
    addEye(field);
    if (field.autocomplete === "new-password" && field.dataset.strength) addMeter(field);
  }
}

// What scripts say, in the language of the page: the server writes it into <script id="words">.
const words = JSON.parse(document.getElementById("words").textContent);
const rules = new Intl.PluralRules(document.documentElement.lang);

export function say(key, number) {
  const found = words[key];
  if (typeof found === "string") return found;
  const form = found[rules.select(number)] ?? found.other;
  return form.replace("%(num)s", new Intl.NumberFormat(document.documentElement.lang).format(number));
}

// "5 min" beside a post instead of its date, in the reader's language and time zone.
import { all } from "./page.js";
import { say } from "./words.js";

const language = document.documentElement.lang;
const short = new Intl.RelativeTimeFormat(language, { style: "narrow", numeric: "always" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const dayOfYear = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", year: "numeric" });

function words(moment, now) {
  const seconds = (now - moment) / 1000;
  if (seconds < 45) return say("now");
  if (seconds < 3600) return trimmed(short.format(-Math.max(1, Math.round(seconds / 60)), "minute"));
  if (seconds < 86400) return trimmed(short.format(-Math.round(seconds / 3600), "hour"));
  return (moment.getFullYear() === new Date(now).getFullYear() ? day : dayOfYear).format(moment);
}

const trimmed = (text) => text.replace(/^[-−]\s?/, "").replace(/ ago$/, "").replace(/ назад$/, "");

export function showTimes(root = document) {
  const now = Date.now();
  for (const time of all("time[datetime]", root)) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.title = full.format(moment);
    time.textContent = time.hasAttribute("data-full") ? full.format(moment) : words(moment, now);
  }
}

export function startTimes() {
  showTimes();
  setInterval(showTimes, 30_000);
}

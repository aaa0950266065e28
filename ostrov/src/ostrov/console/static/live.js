// A live page: the server says that something changed, the page is fetched again and put in place.

import { morph } from "./morph.js";

const TICK = 10000; // ages and figures grow old without any event
let source = null;
let fetching = null;
let again = false;
let retry = 0;

/** Fetch this page's address and put it in place. Calls while one is under way become one more fetch after it. */
export async function refresh() {
  if (fetching) {
    again = true;
    return fetching;
  }
  fetching = once().finally(() => {
    fetching = null;
    if (again) {
      again = false;
      refresh();
    }
  });
  return fetching;
}

async function once() {
  const address = location.href;
  let answer;
  try {
    answer = await fetch(address, { headers: { "x-live": "1" }, credentials: "same-origin", redirect: "manual" });
  } catch {
    return; // the server is away: the stream says so and comes back
  }
  if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload(); // the session is over
  if (answer.status >= 500 || address !== location.href) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["main", "menu"]) {
    const [present, wanted] = [document.getElementById(part), fresh.getElementById(part)];
    if (present && wanted) morph(present, wanted);
  }
  document.title = fresh.title;
  const [now, time] = [document.querySelector(".foot time"), fresh.querySelector(".foot time")];
  if (now && time) morph(now, time);
  document.dispatchEvent(new CustomEvent("ostrov:refreshed"));
}

/** Show the page's state at its foot: live, lost or paused. */
export function say(state) {
  const beacon = document.getElementById("beacon");
  if (!beacon) return;
  beacon.hidden = false;
  beacon.className = `beacon ${state}`;
  beacon.lastElementChild.textContent = beacon.dataset[state];
}

function open() {
  const address = document.body.dataset.live;
  if (!address || source) return;
  source = new EventSource(address);
  source.onopen = () => {
    retry = 0;
    say("live");
    refresh(); // what happened between the page and the stream
  };
  source.addEventListener("changed", refresh);
  source.addEventListener("bye", () => location.reload());
  source.onerror = () => {
    say("lost");
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    close();
    setTimeout(open, Math.min(30000, 1000 * 2 ** retry++));
  };
}

function close() {
  source?.close();
  source = null;
}

/** Follow the page's topics while it is in sight. */
export function follow() {
  if (!document.body.dataset.live) return;
  open();
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return open();
    close();
    say("paused");
  });
  setInterval(() => document.hidden || refresh(), TICK);
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
}

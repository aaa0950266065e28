// The feed: posts that arrive stand at the top, or wait behind a pill while one reads further down; older ones come on scrolling.
import { $, all, calm, icon, nodes } from "./page.js";
import { showTimes } from "./times.js";
import { say } from "./words.js";

const LONGEST = 200; // posts kept in the page before the oldest at the end leave it

let feed;
let waiting = [];
let pill;
let gap = false;

const atTop = () => scrollY < 240;
const known = (node) => node.id && document.getElementById(node.id);

function insert(fragments) {
  for (const html of fragments) {
    const node = nodes(html).firstElementChild;
    if (!node || known(node) || (node.dataset.note && $(`[data-note="${node.dataset.note}"]`, feed))) continue;
    const before = node.dataset.group && $(`[data-group="${CSS.escape(node.dataset.group)}"]`, feed);
    const focused = before && before.contains(document.activeElement);
    if (before) before.remove();
    node.classList.add("fresh");
    feed.prepend(node);
    if (focused) node.focus({ preventScroll: true });
    showTimes(node);
  }
  $("[data-when-empty]")?.remove();
  while (feed.children.length > LONGEST && atTop()) feed.lastElementChild.remove();
}

function drawPill() {
  const place = $("[data-pill]");
  if (!place) return;
  if (!waiting.length && !gap) {
    pill?.remove();
    pill = undefined;
    return;
  }
  if (!pill) {
    pill = document.createElement("button");
    pill.type = "button";
    pill.className = "pill";
    pill.append(icon("up"), document.createElement("span"));
    pill.addEventListener("click", showWaiting);
    place.append(pill);
  }
  pill.lastChild.textContent = gap ? say("gap") : say(feed.dataset.kind === "notes" ? "new_notes" : "new_posts", waiting.length);
}

export function showWaiting() {
  if (gap) {
    location.reload();
    return;
  }
  const fragments = waiting;
  waiting = [];
  insert(fragments);
  drawPill();
  scrollTo({ top: 0, behavior: calm ? "auto" : "smooth" });
}

export function arrive(html) {
  if (!feed) return;
  const node = nodes(html).firstElementChild;
  if (!node || known(node)) return;
  if (atTop() && !document.hidden) insert([html]);
  else waiting.push(html);
  drawPill();
}

export function append(html) {
  const node = nodes(html).firstElementChild;
  if (!node || known(node)) return;
  node.classList.add("fresh");
  feed.append(node);
  showTimes(node);
}

export function missed() {
  gap = true;
  drawPill();
}

export function leave(id) {
  for (const node of all(`[data-post="${CSS.escape(id)}"], #p${CSS.escape(id)}`)) {
    const next = node.nextElementSibling ?? node.previousElementSibling;
    if (node.contains(document.activeElement)) next?.focus({ preventScroll: true });
    node.remove();
  }
  waiting = waiting.filter((html) => !html.includes(`data-post="${id}"`));
  drawPill();
}

// The largest id in the feed: ids grow, and are too long for a number.
export function newest() {
  const ids = all("[id^='p'][data-post], [data-note]", feed ?? document).map((node) => node.dataset.note ?? node.id.slice(1));
  return ids.reduce((most, id) => (id.length > most.length || (id.length === most.length && id > most) ? id : most), "0");
}

async function older(link) {
  if (link.dataset.busy) return;
  link.dataset.busy = "yes";
  try {
    const page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
    for (const node of [...($("[data-feed]", page)?.children ?? [])]) {
      if (!known(node)) feed.append(document.adoptNode(node));
    }
    showTimes(feed);
    const next = $("[data-older]", page);
    if (next) link.href = next.getAttribute("href");
    else link.remove();
  } catch {
    // without a connection the link stays, to be pressed
  } finally {
    delete link.dataset.busy;
  }
}

export function startFeed() {
  feed = $("[data-feed]");
  const link = $("[data-older]");
  if (!feed || !link) return;
  new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) older(link);
  }, { rootMargin: "900px" }).observe(link);
}

// What happens elsewhere, by server-sent events from /live. A page in the background lets go of its connection after a while
// (browsers allow six to a site) and catches up from the newest post it has.
import { replacePost } from "./actions.js";
import { append, arrive, leave, missed, newest } from "./feed.js";
import { $, all } from "./page.js";
import { showTimes } from "./times.js";

const IDLE = 60_000;

let source;
let closing;

function showUnread(count) {
  for (const dot of all("[data-count]")) {
    dot.hidden = count === 0;
    dot.textContent = count < 100 ? String(count) : "99+";
  }
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  document.title = count ? `(${count}) ${bare}` : bare;
}

function open() {
  if (source && source.readyState !== EventSource.CLOSED) return;
  const stream = $("[data-stream]")?.dataset.stream ?? "";
  const query = new URLSearchParams({ stream, since: newest() });
  source = new EventSource(`/live?${query}`);
  const on = (name, act) => source.addEventListener(name, (event) => act(JSON.parse(event.data)));
  on("post", ({ html }) => (stream.startsWith("thread:") ? append(html) : arrive(html)));
  on("change", ({ id, html }) => {
    replacePost(id, html);
    showTimes();
  });
  on("gone", ({ id }) => leave(id));
  on("note", ({ html }) => html && arrive(html));
  on("unread", ({ count }) => showUnread(count));
  on("gap", missed);
  source.addEventListener("open", () => (document.documentElement.dataset.live = "yes"));
  source.addEventListener("error", () => delete document.documentElement.dataset.live);
}

function close() {
  source?.close();
  source = undefined;
  delete document.documentElement.dataset.live;
}

export function startLive() {
  if (!$("[data-stream]") && !document.body.dataset.account) return;
  open();
  document.addEventListener("visibilitychange", () => {
    clearTimeout(closing);
    if (document.hidden) closing = setTimeout(close, IDLE);
    else open();
  });
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => event.persisted && open());
}

// Log lines as they are written: they go straight into the list, which follows its end unless the person scrolled away.

import { say } from "./live.js";

const KEPT = 2000;

/** Follow the stream of a list that names it in data-stream. */
export function followLogs(list) {
  const pause = document.getElementById("pause");
  const gap = list.dataset.gap;
  let source = null;
  let stream = "";
  let after = list.dataset.after;
  let held = [];
  let drawing = false;
  const waiting = [];

  const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 40;

  function draw() {
    drawing = false;
    const follows = atEnd();
    const fresh = document.createDocumentFragment();
    for (const line of waiting.splice(0)) fresh.append(row(line));
    list.append(fresh);
    while (list.childElementCount > KEPT) list.firstElementChild.remove();
    document.getElementById("log-empty")?.remove();
    if (follows) list.scrollTop = list.scrollHeight;
  }

  function put(line) {
    if (pause?.getAttribute("aria-pressed") === "true") {
      held.push(line);
      if (held.length > KEPT) held = [{ gap: true }, ...held.slice(-KEPT)];
      return label();
    }
    waiting.push(line);
    if (waiting.length > KEPT) waiting.splice(0, waiting.length - KEPT);
    if (!drawing) {
      drawing = true;
      requestAnimationFrame(draw);
    }
  }

  function row(line) {
    const item = document.createElement("li");
    if (line.gap) {
      item.className = "gap";
      item.textContent = gap;
      return item;
    }
    item.className = line.level || "";
    for (const [kind, text] of [["time", line.time], ["b", line.service], ["span", line.text]]) {
      const part = document.createElement(kind);
      part.textContent = text;
      if (kind === "time") part.dateTime = line.iso;
      item.append(part);
    }
    return item;
  }

  function label() {
    const paused = pause.getAttribute("aria-pressed") === "true";
    pause.textContent = paused ? pause.dataset.resume.replace("{count}", held.length) : pause.dataset.pause;
  }

  function open() {
    stream = list.dataset.stream;
    source = new EventSource(list.dataset.stream + (after ? `&after=${encodeURIComponent(after)}` : ""));
    source.onmessage = (event) => {
      after = event.lastEventId || after;
      put(JSON.parse(event.data));
    };
    source.addEventListener("bye", () => location.reload());
    source.onopen = () => say("live");
    source.onerror = () => {
      say("lost");
      if (source.readyState === EventSource.CLOSED) setTimeout(() => stream === list.dataset.stream && open(), 3000);
    };
  }

  if (pause) {
    pause.hidden = false;
    label();
    pause.addEventListener("click", () => {
      const paused = pause.getAttribute("aria-pressed") !== "true";
      pause.setAttribute("aria-pressed", String(paused));
      if (!paused) held.splice(0).forEach(put);
      label();
    });
  }
  document.addEventListener("ostrov:refreshed", () => {
    if (stream === list.dataset.stream) return;
    source.close(); // other filters: the list was drawn anew, go on after its end
    after = list.dataset.after;
    held = [];
    waiting.length = 0;
    if (pause) label();
    list.scrollTop = list.scrollHeight;
    open();
  });
  list.scrollTop = list.scrollHeight;
  open();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}

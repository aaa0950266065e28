// The composer: characters left in a cup that fills, pictures with their descriptions, a draft kept in this browser,
// and sending without leaving the page.
import { startEmoji } from "./emoji.js";
import { append, arrive } from "./feed.js";
import { $, all, ask, nodes, toast } from "./page.js";
import { say } from "./words.js";

const LINK = /https?:\/\/[^\s<>"']+/gu;
const REMOTE = /(@[\w.-]+)@[\w.-]+\w/gu;
const LINK_LENGTH = 23; // every link counts as this many, as on Mastodon
const PICTURES = 4;
const segments = Intl.Segmenter ? new Intl.Segmenter(document.documentElement.lang, { granularity: "grapheme" }) : null;
const graphemes = (text) => (segments ? [...segments.segment(text)].length : [...text].length);

export function characters(text) {
  return graphemes(text.replace(LINK, "x".repeat(LINK_LENGTH)).replace(REMOTE, "$1"));
}

class Composer {
  constructor(form) {
    this.form = form;
    this.text = $("[data-text]", form);
    this.lid = $("[data-lid]", form);
    this.pictures = [];
    this.key = form.dataset.draft ? `raf.draft.${document.body.dataset.account}.${form.dataset.draft}` : null;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("submit", (event) => this.submit(event));
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    this.text.addEventListener("paste", (event) => this.take(event, event.clipboardData));
    form.addEventListener("dragover", (event) => {
      event.preventDefault();
      form.classList.add("dropping");
    });
    form.addEventListener("dragleave", () => form.classList.remove("dropping"));
    form.addEventListener("drop", (event) => {
      form.classList.remove("dropping");
      this.take(event, event.dataTransfer);
    });
    $("[data-pick]", form)?.addEventListener("change", (event) => {
      this.add([...event.target.files]);
      event.target.value = "";
    });
    $("[data-lid-switch]", form)?.addEventListener("click", () => this.coverOrUncover());
    $("[data-visibility]", form)?.addEventListener("change", () => this.showVisibility());
    startEmoji(form, this.text);
    this.restore();
    this.showVisibility();
    this.changed();
    if (document.activeElement === this.text) this.text.setSelectionRange(this.text.value.length, this.text.value.length);
  }

  get covered() {
    return $("[name=spoiler_text]", this.form);
  }

  changed() {
    const limit = Number(this.form.dataset.limit);
    const used = characters(this.text.value) + graphemes(this.covered.value);
    const left = $("[data-left]", this.form);
    $("[data-left-number]", left).textContent = limit - used;
    left.classList.toggle("over", used > limit);
    left.classList.toggle("near", limit - used < 100);
    $(".coffee", left).style.setProperty("--full", Math.min(1, used / limit).toFixed(3));
    $("[type=submit]", this.form).disabled = used > limit;
    if (!CSS.supports("field-sizing", "content")) {
      this.text.style.height = "auto";
      this.text.style.height = `${this.text.scrollHeight}px`;
    }
    if (this.key) {
      const bare = !this.text.value.trim() || this.text.value === this.text.defaultValue;
      if (bare) localStorage.removeItem(this.key);
      else localStorage.setItem(this.key, JSON.stringify({ text: this.text.value, spoiler: this.covered.value }));
    }
  }

  restore() {
    if (!this.key || $("[role=alert]", this.form)) return;
    try {
      const kept = JSON.parse(localStorage.getItem(this.key));
      if (!kept || kept.text === this.text.value) return;
      this.text.value = kept.text;
      if (kept.spoiler) {
        this.covered.value = kept.spoiler;
        this.lid.setAttribute("data-open", "");
      }
      toast(say("draft"));
    } catch {
      localStorage.removeItem(this.key);
    }
  }

  coverOrUncover() {
    const on = this.lid.toggleAttribute("data-open");
    $("[data-lid-switch]", this.form).setAttribute("aria-pressed", String(on));
    if (on) this.covered.focus();
    else {
      this.covered.value = "";
      this.text.focus();
    }
    this.changed();
  }

  showVisibility() {
    const select = $("[data-visibility]", this.form);
    if (!select) return;
    const name = { public: "globe", unlisted: "moonlit", private: "lock", direct: "mail" }[select.value];
    $("use", select.parentElement).setAttribute("href", `#i-${name}`);
    const policy = $("[data-quote-policy]", this.form);
    if (policy) policy.parentElement.hidden = !["public", "unlisted"].includes(select.value); // others are quoted by nobody else
  }

  take(event, data) {
    const files = [...(data?.files ?? [])].filter((file) => /^(image|video|audio)\//.test(file.type));
    if (!files.length) return;
    event.preventDefault();
    this.add(files);
  }

  add(files) {
    const template = $("[data-picture]", this.form);
    if (!template) return;
    for (const file of files) {
      if (this.pictures.length >= PICTURES) {
        toast(say("four"), true);
        return;
      }
      const row = template.content.firstElementChild.cloneNode(true);
      const picture = { file, row };
      const url = URL.createObjectURL(file);
      if (file.type.startsWith("image/")) $("img", row).src = url;
      else {
        const shown = document.createElement("video"); // of a sound it shows nothing, which is what there is to see
        shown.muted = true;
        shown.preload = "metadata";
        shown.src = url;
        $("img", row).replaceWith(shown);
      }
      $("[data-drop]", row).addEventListener("click", () => {
        URL.revokeObjectURL(url);
        row.remove();
        this.pictures = this.pictures.filter((other) => other !== picture);
        this.text.focus();
      });
      this.pictures.push(picture);
      $("[data-pictures]", this.form).append(row);
      $("textarea", row).focus();
    }
  }

  body() {
    const body = new FormData(this.form);
    if (!this.pictures.length) return body;
    for (let place = 0; place < PICTURES; place++) {
      body.delete(`media_${place}`);
      body.delete(`alt_${place}`);
      body.delete(`focus_${place}`);
    }
    this.pictures.forEach(({ file, row }, place) => {
      body.set(`media_${place}`, file, file.name || "picture");
      body.set(`alt_${place}`, $("textarea", row).value);
      body.set(`focus_${place}`, $("select", row).value);
    });
    return body;
  }

  async submit(event) {
    if (this.form.dataset.stay === undefined && !this.form.action.endsWith("/compose")) return;
    event.preventDefault();
    if (this.sending) return;
    this.sending = true;
    const button = $("[type=submit]", this.form);
    button.disabled = true;
    try {
      const html = await ask(this.form.action, this.body());
      if (!html) { // it waits for its time, or for its film
        if (this.key) localStorage.removeItem(this.key);
        location.assign("/scheduled");
        return;
      }
      if (this.key) localStorage.removeItem(this.key);
      this.sent(html);
    } catch (refusal) {
      toast(refusal.message, true);
      button.disabled = false;
    } finally {
      this.sending = false;
    }
  }

  sent(html) {
    const dialog = this.form.closest("dialog");
    const stream = $("[data-stream]")?.dataset.stream ?? "";
    const fresh = nodes(html).firstElementChild;
    const shownHere = ["home", "local", "federated"].includes(stream) || stream.startsWith("thread:");
    if (!dialog && this.form.classList.contains("large")) {
      location.assign($("[name=next]", this.form).value || "/home");
      return;
    }
    this.form.reset();
    if (this.form.dataset.backAgain !== undefined) this.text.value = this.text.defaultValue = this.covered.value = "";
    for (const { row } of this.pictures) row.remove();
    this.pictures = [];
    this.lid.removeAttribute("data-open");
    for (const extra of all("details.extra", this.form)) extra.removeAttribute("open");
    $("[name=idempotency_key]", this.form).value = crypto.randomUUID?.() ?? String(Math.random());
    $("[type=submit]", this.form).disabled = false;
    this.changed();
    this.showVisibility();
    dialog?.close();
    if (!shownHere || !fresh) {
      toast(say("posted"));
      return;
    }
    if (stream.startsWith("thread:")) append(html);
    else {
      scrollTo({ top: 0 });
      arrive(html);
    }
  }
}

export function startComposers(root) {
  for (const zone of all("[data-zone]", root)) zone.value = String(new Date().getTimezoneOffset());
  for (const form of all("form[data-composer]", root)) {
    if (!form.dataset.started) {
      form.dataset.started = "yes";
      new Composer(form);
    }
  }
}

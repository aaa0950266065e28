// The switch of pushes on the settings page: asks the browser, then tells the server where to push.
import { $, ask, toast } from "./page.js";
import { say } from "./words.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

function form(values) {
  return new URLSearchParams({ csrf_token: $("#act [name=csrf_token]").value, ...values });
}

async function start(button) {
  if ((await Notification.requestPermission()) !== "granted") {
    toast(say("push_refused"), true);
    return;
  }
  await navigator.serviceWorker.register("/service-worker.js");
  const worker = await navigator.serviceWorker.ready;
  await (await worker.pushManager.getSubscription())?.unsubscribe();
  const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(button.dataset.pushKey) });
  const { endpoint, keys } = made.toJSON();
  await ask("/settings/notifications/push", form({ endpoint, p256dh: keys.p256dh, auth: keys.auth }));
  location.reload();
}

async function stop() {
  const worker = await navigator.serviceWorker.getRegistration();
  await (await worker?.pushManager.getSubscription())?.unsubscribe();
}

export function startPush() {
  const button = $("[data-push-key]");
  if (button) {
    button.disabled = !("serviceWorker" in navigator && "PushManager" in window);
    button.addEventListener("click", () => start(button).catch(() => toast(say("push_failed"), true)));
  }
  $("[data-push-stop]")?.addEventListener("submit", () => stop().catch(() => {}));
}

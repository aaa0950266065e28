// Runs while no page of ours is open: shows a push that came, and leads to what it speaks of.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch {
    // a push without content: that something happened is all it tells
  }
  event.waitUntil(
    self.registration.showNotification(said.title || "Raf", {
      body: said.body || "",
      icon: said.icon,
      lang: said.preferred_locale,
      tag: String(said.notification_id || "raf"),
      data: { url: said.url || "/notifications" },
    }),
  );
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const url = new URL(event.notification.data.url, self.location.origin);
  const target = url.origin === self.location.origin ? url.href : `${self.location.origin}/notifications`;
  event.waitUntil(
    (async () => {
      const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
      const there = open.find((client) => client.url === target);
      if (there) await there.focus();
      else await self.clients.openWindow(target);
    })(),
  );
});

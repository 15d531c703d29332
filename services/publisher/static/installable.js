// The reader as an app: browsers allow service workers over HTTPS and on this machine.
"use strict";

if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker.register("/service-worker.js").catch(() => {});
}

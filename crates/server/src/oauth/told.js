const shown = document.querySelector('[data-connection]');
const told = shown.dataset;
const ok = told.ok === 'true';
const channel = new BroadcastChannel('hookmill');
channel.postMessage({ type: 'connection', name: told.connection, ok, reason: ok ? undefined : shown.textContent });
if (ok) setTimeout(() => close(), 1500);

const told = document.querySelector('[data-connection]').dataset;
const channel = new BroadcastChannel('hookmill');
channel.postMessage({ type: 'connection', name: told.connection, ok: told.ok === 'true' });
if (told.ok === 'true') setTimeout(() => close(), 1500);

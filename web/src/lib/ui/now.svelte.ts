// The present, for words such as "3 minutes ago".
import { createSubscriber } from 'svelte/reactivity';

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, 5000);
  return () => clearInterval(timer);
});

/** The time in milliseconds; what reads it is renewed every few seconds. */
export function now(): number {
  subscribe();
  return Date.now();
}

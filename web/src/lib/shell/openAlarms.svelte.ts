// How many alarms go on that nobody has seen yet; shown wherever one is.
import { alarms, type Alarm } from '../api/alarms';
import { live } from '../api/live.svelte';

const every = 15_000; // milliseconds

let number = $state(0);

/** How many there are. */
export function openAlarms(): number {
  return number;
}

/** Counts anew, of what was just read. */
export function count(all: Alarm[]): void {
  number = all.filter((alarm) => alarm.cleared == null && alarm.acknowledged == null).length;
}

/** Keeps counting while the component lives. */
export function watchAlarms(): void {
  live(
    async (signal) => count(await alarms('open', signal)),
    () => false,
    every,
  );
}

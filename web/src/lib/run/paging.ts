// The list of runs: pages put together, and kept fresh from the top. Pure.
import type { RunPage } from '../api/types';

/** How many runs are asked for at once. */
export const pageSize = 50;

/** How many runs at the top are asked for again and again. */
const freshest = 200;

/** How many runs to ask for so that what is shown is renewed. */
export function renewal(shown: RunPage | undefined): number {
  return Math.min(Math.max(shown?.items.length ?? 0, pageSize), freshest);
}

/** The list with its top renewed. What stood below stays, unless so much is new that the two no longer meet. */
export function renew(shown: RunPage | undefined, top: RunPage): RunPage {
  if (!shown || top.next === null) return top;
  const renewed = new Set(top.items.map((run) => run.id));
  const meeting = shown.items.findLastIndex((run) => renewed.has(run.id));
  const below = shown.items.slice(meeting + 1);
  if (meeting < 0 || below.length === 0) return top;
  return { items: [...top.items, ...below], next: shown.next };
}

/** The list with its next page below. */
export function extend(shown: RunPage, page: RunPage): RunPage {
  const known = new Set(shown.items.map((run) => run.id));
  return { items: [...shown.items, ...page.items.filter((run) => !known.has(run.id))], next: page.next };
}

// How it stands with a connection, in one word. Pure: the clock comes in.
import type { Connection } from '../api/connections';
import type { Tone } from '../ui/Badge.svelte';

export type Standing = 'sandboxed' | 'unconnected' | 'broken' | 'failing' | 'ended' | 'ending' | 'ok';

/** Whoever has less time left should act: 7 days, like the server's alarm. */
const soon = 7 * 24 * 3_600_000;

/** What matters most about it. */
export function standing(connection: Connection, now: number): Standing {
  const { sandbox, state, authorized, failing_since: failing, expires } = connection;
  if (sandbox && state === 'ok') return 'sandboxed';
  if (authorized === false) return 'unconnected';
  if (expires != null && expires <= now) return 'ended';
  if (state === 'broken') return 'broken';
  if (failing != null) return 'failing';
  return expires != null && expires - now < soon ? 'ending' : 'ok';
}

export const tones: Record<Standing, Tone> = {
  sandboxed: 'wait',
  unconnected: 'warn',
  broken: 'error',
  failing: 'error',
  ended: 'error',
  ending: 'warn',
  ok: 'ok',
};

/** What the server's alarm about it is called. */
export function alarmSubject(name: string): string {
  return `connection ${name}`;
}

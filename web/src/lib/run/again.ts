// Doing a run again, from its beginning or from a step, and turning to the new run.
import { replayRun } from '../api/editing';
import type { Step as Turn } from '../api/types';
import type { Watch } from './watch.svelte';

/** Replays the run that is shown from this step on. Its version runs again where it is looked at, else the live one. */
export async function replayFrom(watch: Watch, turn: Turn): Promise<void> {
  await replay(watch, { from: turn.id ?? turn.label, ...(turn.turns.length > 0 && { turns: turn.turns }), version: 'same' });
}

export async function replayWhole(watch: Watch, version: 'same' | 'current'): Promise<void> {
  await replay(watch, { version });
}

async function replay(watch: Watch, how: Record<string, unknown>): Promise<void> {
  if (!watch.run) return;
  await watch.show(await replayRun(watch.run.id, how));
}

// How states of runs and steps look.
import type { RunStatus, StepStatus } from '../api/types';
import type { Tone } from '../ui/Badge.svelte';

export const runTone: Record<RunStatus, Tone> = {
  running: 'busy',
  waiting: 'wait',
  held: 'error',
  succeeded: 'ok',
  stopped: 'quiet',
  failed: 'error',
  cancelled: 'quiet',
};

export const stepTone: Record<StepStatus, Tone> = {
  done: 'ok',
  failed: 'error',
  skipped: 'quiet',
  running: 'busy',
  retrying: 'wait',
  recovered: 'wait',
  filtered: 'quiet',
  waiting: 'wait',
  held: 'error',
  cancelled: 'quiet',
};

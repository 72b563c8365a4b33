// How verdicts look, and which requests a filter lets through. Pure.
import type { RequestFilter, RequestLine, Verdict } from '../api/hook-types';
import type { Tone } from '../ui/Badge.svelte';

export const verdictTone: Record<Verdict, Tone> = {
  taken: 'ok',
  repeat: 'quiet',
  refused: 'error',
  handshake: 'wait',
  kept: 'ok',
};

/** Whether a request that comes in belongs into a list that is filtered by verdict. */
export function fits(line: RequestLine, { verdict }: RequestFilter): boolean {
  return verdict === undefined || line.verdict === verdict;
}

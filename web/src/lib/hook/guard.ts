// Who may call a hook. Pure.
import type { Hook } from '../api/hook-types';

/** Whether anybody may start runs by it, and its author has not said that this is meant so. */
export function isUnguarded({ bin, scenario, verify, open, allow }: Hook): boolean {
  return !bin && scenario !== null && verify === null && !open && allow.length === 0;
}

// What the server tells of the scenario while it is edited: another window saved a draft, or the live text changed.
import { onEvent } from '../api/events';
import type { Desk } from './desk.svelte';

/** Listens until the function it returns is called. */
export function follow(desk: Desk): () => void {
  const { id } = desk.editor;
  const deaf = [
    onEvent('draft', ({ scenario, revision }) => {
      if (scenario === id) void desk.draftChanged(revision);
    }),
    onEvent('scenario', (changed) => {
      if (changed.id === id) void desk.liveChanged(changed.version);
    }),
  ];
  return () => deaf.forEach((stop) => stop());
}

// Queues, as the server's API has them.
import { get, post } from './http';

export type QueueState = 'open' | 'paused' | 'draining';

export interface Queue {
  scenario: string;
  state: QueueState;
  waiting: number;
  running: number;
  /** How many began or went on lately after they had waited, per second. */
  rate: number;
  /** How many were not begun since the server was started. */
  dropped: number;
  /** Since when the first of those that wait has waited; milliseconds since 1970. */
  oldest?: number | null;
}

export async function queues(signal: AbortSignal): Promise<Queue[]> {
  return (await get<{ items: Queue[] }>('/queues', signal)).items;
}

export function lead(scenario: string, act: 'pause' | 'drain' | 'resume'): Promise<Queue> {
  return post(`${at(scenario)}/${act}`, {});
}

/** Cancels all that wait; tells how many. */
export async function purge(scenario: string): Promise<number> {
  return (await post<{ cancelled: number }>(`${at(scenario)}/purge`, {})).cancelled;
}

function at(scenario: string): string {
  return `/scenarios/${encodeURIComponent(scenario)}/queue`;
}

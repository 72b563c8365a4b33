// Alarms, as the server's API has them.
import { get, post } from './http';

export type AlarmKind = 'failing' | 'silent' | 'stopped' | 'queue' | 'trouble';

/** Something that people should know of; times are milliseconds since 1970. */
export interface Alarm {
  kind: AlarmKind;
  /** The id of a scenario, or the name of what is in trouble. */
  subject: string;
  message: string;
  since: number;
  /** Until when it was so; none while it goes on. */
  cleared?: number | null;
  /** Who has seen it. */
  acknowledged?: string | null;
}

/** Those that go on, or all that are known. */
export async function alarms(which: 'open' | 'all', signal: AbortSignal): Promise<Alarm[]> {
  return (await get<{ items: Alarm[] }>(which === 'all' ? '/alarms?all=true' : '/alarms', signal)).items;
}

export function acknowledge({ kind, subject }: Alarm): Promise<Alarm> {
  return post('/alarms/acknowledge', { kind, subject });
}

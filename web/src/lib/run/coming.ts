// What the next times of one schedule are asked with, and how they are shown. Pure.
import type { Doc, Path } from '../model/doc';
import { valueAt } from '../model/doc';

/** A text with this trigger alone: what else is wrong with the scenario keeps nobody from seeing when it would start. */
export function alone(doc: Doc, path: Path): string {
  const zone = valueAt(doc, ['timezone']);
  const text = { ...(zone !== undefined && { timezone: zone }), trigger: valueAt(doc, path) ?? null, steps: [] };
  return JSON.stringify(text, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

/** A time as the clock of its own zone shows it; as it is where it is none. */
export function byItsClock(time: string, locale: string): string {
  const local = /^(\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d)/.exec(time)?.[1];
  if (local === undefined) return time;
  const date = new Date(`${local}Z`);
  if (Number.isNaN(date.getTime())) return time;
  const seconds = date.getUTCSeconds() !== 0;
  return new Intl.DateTimeFormat(locale, {
    ...{ weekday: 'short', year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: 'UTC' },
    ...(seconds && { second: '2-digit' }),
  }).format(date);
}

// Times and durations as people read them. Pure: the clock comes in.

/** What the units of a length of time are called. */
export type Units = Record<'ms' | 's' | 'min' | 'h' | 'd', string>;

/** A length of time in milliseconds, in at most two units. */
export function duration(milliseconds: number, units: Units): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ${units.ms}`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} ${units.s}`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} ${units.s}`;
  return twoUnits(whole, units);
}

function twoUnits(seconds: number, units: Units): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} ${units.min} ${seconds % 60} ${units.s}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} ${units.h} ${minutes % 60} ${units.min}`;
  return `${Math.floor(hours / 24)} ${units.d} ${hours % 24} ${units.h}`;
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** How far a time is from now, in its largest unit: `3 minutes ago`, `in 2 hours`. */
export function relative(time: number, now: number, locale: string): string {
  const seconds = (time - now) / 1000;
  const [unit, length] = units.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / length), unit);
}

/** A time in the reader's zone: only the clock for today, with the date for other days. */
export function clock(time: number, now: number, locale: string, timeZone?: string): string {
  const day = (at: number) => new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeZone }).format(at);
  const dated: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' };
  const format = day(time) === day(now) ? { timeStyle: 'medium' as const } : dated;
  return new Intl.DateTimeFormat(locale, { ...format, hourCycle: 'h23', timeZone }).format(time);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A time to the millisecond in the reader's zone, with the day unless it is today's. Quick enough for many. */
export function stamp(time: number, now: number, locale: string, timeZone?: string): string {
  const day = format(locale, { dateStyle: 'short', timeZone });
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 };
  const dated = day.format(time) === day.format(now) ? {} : ({ month: 'short', day: 'numeric' } as const);
  return format(locale, { ...dated, ...clock, hourCycle: 'h23', timeZone }).format(time);
}

/** A format of these options; making one takes long, so each is made once. */
function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = locale + JSON.stringify(options);
  const made = formats.get(name) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(name, made);
  return made;
}

/** A time that the API gives as milliseconds or as text (RFC 3339); none for what is neither. */
export function instant(time: number | string | null | undefined): number | undefined {
  const value = typeof time === 'string' ? Date.parse(time) : time;
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

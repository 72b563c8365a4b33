// The part of Luxon's DateTime that code of n8n uses, in UTC.
globalThis.DateTime = (() => {
  const MONTHS = 'January February March April May June July August September October November December'.split(' ');
  const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
  const LENGTHS = { week: 604800000, day: 86400000, hour: 3600000, minute: 60000, second: 1000, millisecond: 1 };
  const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'];
  const pad = (number, width = 2) => String(number).padStart(width, '0');
  const single = (unit) => unit.replace(/s$/, '');
  const duration = (value, unit) => (typeof value === 'object' ? value : { [unit ?? 'milliseconds']: value });

  const TOKENS = {
    yyyy: (d) => pad(d.getUTCFullYear(), 4), yy: (d) => pad(d.getUTCFullYear() % 100), y: (d) => d.getUTCFullYear(),
    LLLL: (d) => MONTHS[d.getUTCMonth()], MMMM: (d) => MONTHS[d.getUTCMonth()],
    LLL: (d) => MONTHS[d.getUTCMonth()].slice(0, 3), MMM: (d) => MONTHS[d.getUTCMonth()].slice(0, 3),
    LL: (d) => pad(d.getUTCMonth() + 1), MM: (d) => pad(d.getUTCMonth() + 1),
    L: (d) => d.getUTCMonth() + 1, M: (d) => d.getUTCMonth() + 1,
    dd: (d) => pad(d.getUTCDate()), d: (d) => d.getUTCDate(),
    EEEE: (d) => DAYS[d.getUTCDay()], cccc: (d) => DAYS[d.getUTCDay()],
    EEE: (d) => DAYS[d.getUTCDay()].slice(0, 3), ccc: (d) => DAYS[d.getUTCDay()].slice(0, 3),
    HH: (d) => pad(d.getUTCHours()), H: (d) => d.getUTCHours(),
    hh: (d) => pad(d.getUTCHours() % 12 || 12), h: (d) => d.getUTCHours() % 12 || 12,
    mm: (d) => pad(d.getUTCMinutes()), m: (d) => d.getUTCMinutes(),
    ss: (d) => pad(d.getUTCSeconds()), s: (d) => d.getUTCSeconds(),
    SSS: (d) => pad(d.getUTCMilliseconds(), 3), a: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
    ZZ: () => '+00:00', Z: () => '+0', X: (d) => Math.floor(d / 1000), x: (d) => Number(d),
  };
  const PATTERN = new RegExp(`'([^']*)'|${Object.keys(TOKENS).sort((a, b) => b.length - a.length).join('|')}`, 'g');

  class DateTime {
    constructor(moment) { this.ts = Number(moment); }
    static now() { return new DateTime(Date.now()); }
    static utc() { return DateTime.now(); }
    static local() { return DateTime.now(); }
    static fromISO(text) { return new DateTime(Date.parse(text)); }
    static fromJSDate(date) { return new DateTime(date); }
    static fromMillis(number) { return new DateTime(number); }
    static fromSeconds(number) { return new DateTime(number * 1000); }
    get date() { return new Date(this.ts); }
    get isValid() { return !Number.isNaN(this.ts); }
    get year() { return this.date.getUTCFullYear(); }
    get month() { return this.date.getUTCMonth() + 1; }
    get day() { return this.date.getUTCDate(); }
    get hour() { return this.date.getUTCHours(); }
    get minute() { return this.date.getUTCMinutes(); }
    get second() { return this.date.getUTCSeconds(); }
    get weekday() { return this.date.getUTCDay() || 7; }
    valueOf() { return this.ts; }
    toMillis() { return this.ts; }
    toSeconds() { return this.ts / 1000; }
    toJSDate() { return this.date; }
    toISO() { return this.isValid ? this.date.toISOString() : null; }
    toISODate() { return this.toISO()?.slice(0, 10) ?? null; }
    toISOTime() { return this.toISO()?.slice(11) ?? null; }
    toString() { return this.toISO(); }
    toJSON() { return this.toISO(); }
    toUTC() { return this; }
    toLocal() { return this; }
    setLocale() { return this; }
    setZone(zone) {
      if (!/^(utc|gmt|etc\/utc)$/i.test(zone)) throw new Error(`the time zone ${zone} is not known here: only UTC is`);
      return this;
    }
    toFormat(format) { return format.replace(PATTERN, (token, quoted) => quoted ?? TOKENS[token](this.date)); }
    format(format) { return this.toFormat(format); }
    plus(value, unit) { return this.moved(duration(value, unit), 1); }
    minus(value, unit) { return this.moved(duration(value, unit), -1); }
    moved(parts, sign) {
      const date = this.date;
      let months = 0;
      for (const [unit, count] of Object.entries(parts)) {
        const name = single(unit);
        if (!UNITS.includes(name)) throw new Error(`${unit} is no unit of time`);
        if (name in LENGTHS) date.setTime(date.getTime() + sign * count * LENGTHS[name]);
        else months += sign * count * { month: 1, quarter: 3, year: 12 }[name];
      }
      if (months !== 0) {
        const day = date.getUTCDate();
        date.setUTCMonth(date.getUTCMonth() + months, 1);
        const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
        date.setUTCDate(Math.min(day, last));
      }
      return new DateTime(date);
    }
    startOf(unit) {
      const d = this.date, name = single(unit);
      const start = {
        year: () => Date.UTC(d.getUTCFullYear(), 0), month: () => Date.UTC(d.getUTCFullYear(), d.getUTCMonth()),
        quarter: () => Date.UTC(d.getUTCFullYear(), Math.floor(d.getUTCMonth() / 3) * 3),
        week: () => Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), d.getUTCDate() - ((d.getUTCDay() || 7) - 1)),
      }[name];
      return new DateTime(start ? start() : Math.floor(this.ts / LENGTHS[name]) * LENGTHS[name]);
    }
    endOf(unit) { return this.startOf(unit).plus({ [single(unit)]: 1 }).minus(1); }
    diff(other, unit = 'milliseconds') {
      const span = this.ts - Number(other), first = [].concat(unit)[0];
      const amount = span / (LENGTHS[single(first)] ?? { month: 2629800000, quarter: 7889400000, year: 31557600000 }[single(first)]);
      return { [first]: amount, as: (asked) => span / LENGTHS[single(asked)], toObject: () => ({ [first]: amount }) };
    }
    diffNow(unit) { return this.diff(DateTime.now(), unit); }
    set(parts) {
      const d = this.date, at = (name, own) => parts[name] ?? own;
      return new DateTime(Date.UTC(
        at('year', d.getUTCFullYear()), at('month', d.getUTCMonth() + 1) - 1, at('day', d.getUTCDate()),
        at('hour', d.getUTCHours()), at('minute', d.getUTCMinutes()), at('second', d.getUTCSeconds()),
        at('millisecond', d.getUTCMilliseconds()),
      ));
    }
    equals(other) { return this.ts === Number(other); }
  }
  return DateTime;
})();

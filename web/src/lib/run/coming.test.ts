import { expect, test } from 'vitest';

import { parse } from '../model/doc';
import { alone, byItsClock } from './coming';

test('a schedule is asked about without what else is wrong with its scenario', () => {
  const doc = parse('timezone: Asia/Taipei\ntrigger:\n  - webhook: {}\n  - schedule: { every: 15m, except: [05-01] }\nsteps:\n  - todo: { was: a }\n');
  expect(JSON.parse(alone(doc, ['trigger', 1]))).toEqual({ timezone: 'Asia/Taipei', trigger: { schedule: { every: '15m', except: ['05-01'] } }, steps: [] });
  expect(JSON.parse(alone(parse('trigger: { schedule: every day at 9:00 }\n'), ['trigger']))).toEqual({ trigger: { schedule: 'every day at 9:00' }, steps: [] });
});

test.each([
  ['2026-11-24T09:00:00+08:00', 'en', 'Tue, Nov 24, 2026, 09:00'],
  ['2026-11-24T09:00:05+08:00', 'en', 'Tue, Nov 24, 2026, 09:00:05'],
  ['2026-03-29T03:00:00+02:00[Europe/Berlin]', 'en', 'Sun, Mar 29, 2026, 03:00'],
  ['2026-11-24T09:00:00+08:00', 'zh-TW', '2026年11月24日週二 09:00'],
  ['soon', 'en', 'soon'],
  ['2026-13-99T09:00:00Z', 'en', '2026-13-99T09:00:00Z'],
])('%s in %s is %s', (time, locale, shown) => {
  // Whether a space stands before the weekday differs with the browser's own data.
  expect(byItsClock(time, locale).replace('日 週', '日週')).toBe(shown);
});

import { expect, test } from 'vitest';

import { common } from '../i18n/en/everywhere';
import { clock, duration, instant, relative, stamp } from './time';

const noon = Date.UTC(2026, 10, 22, 12);

test.each([
  [0, '0 ms'],
  [-5, '0 ms'],
  [12.4, '12 ms'],
  [1000, '1.0 s'],
  [1449, '1.4 s'],
  [9949, '9.9 s'],
  [9999, '10 s'],
  [59_400, '59 s'],
  [59_900, '1 min 0 s'],
  [123_000, '2 min 3 s'],
  [3_840_000, '1 h 4 min'],
  [180_000_000, '2 d 2 h'],
])('%d ms lasts %s', (milliseconds, expected) => {
  expect(duration(milliseconds, common.duration)).toBe(expected);
});

test.each([
  [0, 'now'],
  [-3_000, '3 seconds ago'],
  [-61_000, '1 minute ago'],
  [-7_200_000, '2 hours ago'],
  [-90_000_000, 'yesterday'],
  [7_200_000, 'in 2 hours'],
])('%d ms from now is %s', (offset, expected) => {
  expect(relative(noon + offset, noon, 'en')).toBe(expected);
});

test('the date is shown for other days only', () => {
  expect(clock(noon - 3_600_000, noon, 'en', 'UTC')).toBe('11:00:00');
  expect(clock(noon - 86_400_000, noon, 'en', 'UTC')).toBe('Nov 21, 2026, 12:00:00');
  expect(clock(noon - 3_600_000, noon, 'en', 'Asia/Taipei')).toBe('19:00:00');
});

test('times come as numbers or as text', () => {
  expect(instant(noon)).toBe(noon);
  expect(instant('2026-11-22T12:00:00Z')).toBe(noon);
  expect(instant('soon')).toBeUndefined();
  expect(instant(null)).toBeUndefined();
});

test('a stamp has milliseconds, and the day unless it is today', () => {
  expect(stamp(noon + 7, noon, 'en', 'UTC')).toBe('12:00:00.007');
  expect(stamp(noon - 86_400_000, noon, 'en', 'UTC')).toBe('Nov 21, 12:00:00.000');
  expect(stamp(noon, noon, 'en', 'Asia/Taipei')).toBe('20:00:00.000');
});

import { expect, test } from 'vitest';

import { face } from './face';

test('by module, by app, or the one for all others', () => {
  expect(face('filter').colour).toBe('olive');
  expect(face('google_sheets.append')).toBe(face('google_sheets.read'));
  expect(face('slack.send').colour).toBe('grey');
  expect(face('constructor')).toBe(face('toString'));
});

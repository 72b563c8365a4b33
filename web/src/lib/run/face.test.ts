import { expect, test } from 'vitest';

import { face } from './face';

test('by module, by app, or the one for all others', () => {
  expect(face('filter').colour).toBe('olive');
  expect(face('google_sheets.append')).toEqual(face('google_sheets.read'));
  expect(face('unheard.of').colour).toBe('grey');
  expect(face('constructor')).toEqual(face('toString'));
});

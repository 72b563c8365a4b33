import { expect, test } from 'vitest';

import { parse, valueAt } from '../model/doc';
import { original } from './original';

test('what was kept is shown as JSON, with all digits', () => {
  const doc = parse('was: app:Do\nreason: no module does this\noriginal: { id: 12345678901234567890, to: [a] }\n');
  const kept = original(valueAt(doc, []));
  expect(kept).toMatchObject({ was: 'app:Do', reason: 'no module does this' });
  expect(kept.text).toBe('{\n  "id": "12345678901234567890",\n  "to": [\n    "a"\n  ]\n}');
});

test.each([[null], ['later'], [{ was: 5, reason: [] }], [[1]]])('%j says nothing', (todo) => {
  expect(original(todo)).toMatchObject({ was: '', reason: '', text: '' });
});

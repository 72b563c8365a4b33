import { expect, test } from 'vitest';

import { parse } from '../doc';
import { setModule } from '../edits';
import { applyEdits } from '../text';

const text = `steps:
  # the invoice
  - id: invoice
    todo:
      was: app:Do
      original: { a: 1 }
    note: ask Ann # twice
  - todo: {}
  - set: { a: 1 }
`;

function replaced(index: number, module: string, value: unknown): string {
  const doc = parse(text);
  return applyEdits(text, setModule(doc, ['steps', index], module, value, 'fresh'));
}

test('another module takes the place, and everything else of the step stays', () => {
  const after = text.replace('    todo:\n      was: app:Do\n      original: { a: 1 }\n', '    http.request:\n      url: ""\n');
  expect(replaced(0, 'http.request', { url: '' })).toBe(after);
});

test('a step without an id gets one', () => {
  expect(replaced(1, 'stop', 'Done')).toBe(text.replace('  - todo: {}\n', '  - id: fresh\n    stop: Done\n'));
});

test('where no step is, nothing happens', () => {
  expect(replaced(7, 'stop', 'Done')).toBe(text);
});

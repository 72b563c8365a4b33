import { expect, test } from 'vitest';

import { isBlank, pastClosing } from './braces';

/** `|` is the caret; what comes of a closing brace typed there, or none where it is typed as it is. */
test.each([
  ['{{ a| }}', '{{ a }}|'],
  ['{{ a | }}', '{{ a }}|'],
  ['{{a|}}', '{{a}}|'],
  ['x {{ a }} y {{ b| }} z', 'x {{ a }} y {{ b }}| z'],
  ['{{ #{n: 1| }}', undefined],
  ['{{ #{n: 1}| }}', '{{ #{n: 1} }}|'],
  ['{{ "{" + a| }}', '{{ "{" + a }}|'],
  ['a| }}', undefined],
  ['{{ a }}|', undefined],
  ['{{ a| + b }}', undefined],
])('in %j a closing brace makes %j', (before, after) => {
  const at = before.indexOf('|');
  const text = before.replace('|', '');
  const past = pastClosing(text, at);
  if (after === undefined) return expect(past).toBeUndefined();
  const now = text.slice(0, at) + text.slice(past?.from);
  expect(now.slice(0, past?.caret) + '|' + now.slice(past?.caret)).toBe(after);
});

test.each([
  ['{{ | }}', true],
  ['{{ a| }}', false],
  ['{{| }}', false],
  ['|', false],
])('in %j a blank is there already: %s', (text, is) => {
  expect(isBlank(text.replace('|', ''), text.indexOf('|'))).toBe(is);
});

import { expect, test } from 'vitest';

import { placeIn } from './place';

const text = `name: A
trigger:
  webhook:
    path: a
steps:
  - id: one
    http.request:
      url: x
      headers:
        a: b
  - route:
      - when: a
        steps:
          - set: 1
`;
const compact = `steps:
- id: one
  email.send:
    to: x
`;

function around(above: string, before: string) {
  return placeIn(before, above.trimEnd().split('\n').reverse()).around.map(({ key, item }) => (item ? `${key}[]` : key));
}

test.each([
  [text.slice(0, text.indexOf('steps')), '', []],
  [text.slice(0, text.indexOf('steps')), '    me', ['webhook', 'trigger']],
  [text.slice(0, text.indexOf('  - route')), '  - se', ['steps[]']],
  [text.slice(0, text.indexOf('  - route')), '    re', ['steps[]']],
  [text.slice(0, text.indexOf('      headers')), '      me', ['http.request', 'steps[]']],
  [text.slice(0, text.indexOf('  - route')), '        c', ['headers', 'http.request', 'steps[]']],
  [text, '          - ', ['steps[]', 'route[]', 'steps[]']],
  [text, '        na', ['route[]', 'steps[]']],
  [compact, '- ', ['steps[]']],
  [compact, '  wh', ['steps[]']],
  [compact, '    su', ['email.send', 'steps[]']],
])('keys around, case %#', (above, before, expected) => {
  expect(around(above, before)).toEqual(expected);
});

test('what is typed is told without indentation and dash', () => {
  expect(placeIn('  - htt', [])).toMatchObject({ typed: 'htt', indent: 2, dash: true });
  expect(placeIn('  htt', [])).toMatchObject({ typed: 'htt', indent: 2, dash: false });
});

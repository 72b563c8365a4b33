import { expect, test } from 'vitest';

import { firstTodo, withConnections } from './rewrite';

const text = `# Orders of the shop
name: Orders
trigger: { webhook: {} }
steps:
  - id: row
    google_sheets.append:
      connection: google # the office's
      sheet: google
  - route:
      - when: "true"
        steps:
          - email.send: { connection: mail, to: a@example.com }
          - todo:
              was: app:Do
              original: { connection: google }
on_failure:
  - slack.send: { connection: "google" }
`;

test('connections are called otherwise where steps use them, and nowhere else', () => {
  const names = new Map([['google', 'office'], ['mail', 'mail']]);
  const changed = text.replace('connection: google #', 'connection: office #').replace('connection: "google"', 'connection: "office"');
  expect(withConnections(text, names)).toBe(changed);
  expect(withConnections(text, new Map())).toBe(text);
});

test('a text that is none stays', () => {
  expect(withConnections('steps: [', new Map([['google', 'office']]))).toBe('steps: [');
});

test('the first step that is to do is found, wherever it stands', () => {
  expect(firstTodo(text)).toBe('steps/1/route/0/steps/1');
  expect(firstTodo('steps: []')).toBeUndefined();
});

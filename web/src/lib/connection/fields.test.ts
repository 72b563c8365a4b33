import { expect, test } from 'vitest';

import type { Connection, ConnectionType } from '../api/connections';
import { faults, filled, isName, shown, titled } from './fields';

const mail: ConnectionType = {
  type: 'smtp',
  title: 'Mail',
  fields: [
    { name: 'url', kind: 'url', required: true },
    { name: 'password', kind: 'secret', required: true },
    { name: 'port', kind: 'number', required: false },
    { name: 'extra', kind: 'json', required: false },
  ],
  i18n: { 'zh-TW': { title: '郵件', fields: { url: { title: '網址' } } } },
};
const kept: Connection = {
  name: 'shop',
  type: 'smtp',
  source: 'editor',
  sandbox: false,
  state: 'ok',
  used_by: [],
  fields: { url: 'smtp://a', port: 25, password: '•••' },
};

test('no secret is ever shown in the form', () => {
  expect(shown(mail, kept)).toEqual({ url: 'smtp://a', password: '', port: '25', extra: '' });
});

test('a stored secret need not be given again, a new one must', () => {
  expect(faults(mail, shown(mail, kept), kept)).toEqual({});
  expect(faults(mail, shown(mail))).toEqual({ url: 'needed', password: 'needed' });
});

test('numbers and JSON are sent as what they are; what is empty is not sent', () => {
  expect(faults(mail, { url: 'x', password: ' p ', port: 'many', extra: '{' }, kept)).toEqual({ port: 'notJson', extra: 'notJson' });
  expect(filled(mail, { url: ' x ', password: ' p ', port: '25', extra: '' })).toEqual({ url: 'x', password: ' p ', port: 25 });
});

test.each([
  ['shop-mail', true],
  ['a_1', true],
  ['', false],
  ['1a', false],
  ['a b', false],
  ['a/b', false],
])('%j is a name: %s', (name, good) => {
  expect(isName(name)).toBe(good);
});

test('a type is told in the language where it can', () => {
  const { title, field } = titled(mail, 'zh-TW');
  expect([title, field(mail.fields[0]!).title, field(mail.fields[1]!).title]).toEqual(['郵件', '網址', 'password']);
});

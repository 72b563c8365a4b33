import { expect, test } from 'vitest';

import type { Connection, ConnectionType } from '../api/connections';
import { asked, faults, filled, isName, shown, told } from './fields';
import { titled } from './types';

const mail: ConnectionType = {
  type: 'smtp',
  title: 'Mail',
  fields: [
    { name: 'url', kind: 'url', required: true, title: 'URL', i18n: { 'zh-TW': { title: '網址' } } },
    { name: 'password', kind: 'secret', required: true },
    { name: 'port', kind: 'number', required: false },
    { name: 'extra', kind: 'json', required: false },
    { name: 'allow', kind: 'list', required: false },
    { name: 'sandbox', kind: 'choice', required: false, choices: ['true', 'false'] },
  ],
  i18n: { 'zh-TW': { title: '郵件' } },
};
const kept: Connection = {
  name: 'shop',
  type: 'smtp',
  source: 'editor',
  sandbox: false,
  state: 'ok',
  used_by: [],
  fields: { url: 'smtp://a', port: 25, password: '•••', allow: ['a', 'b'], sandbox: true },
};

test('no secret is ever shown in the form', () => {
  expect(shown(mail, kept)).toEqual({ url: 'smtp://a', password: '', port: '25', extra: '', allow: 'a, b' });
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

test('a type and its fields are told in the language where they can', () => {
  const titles = asked(mail).map((field) => told(field, 'zh-TW').title);
  expect([titled(mail, 'zh-TW'), ...titles]).toEqual(['郵件', '網址', 'password', 'port', 'extra', 'allow']);
  expect(titled(mail, 'zh-CN')).toBe('Mail');
});

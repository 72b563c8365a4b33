import { expect, test } from 'vitest';

import type { Module } from '../api/editing';
import { appOf, search, titleOf } from './title';

const module = (name: string, more: Partial<Module>): Module => ({
  ...{ name, summary: '', description: '', parameters: {}, example: {}, sample: {}, connections: [], needs_connection: false },
  ...more,
});

const modules = [
  module('google_sheets.append', {
    title: 'Append a row',
    app: { name: 'google_sheets', title: 'Google Sheets', color: '', icon: '', i18n: { 'zh-TW': 'Google 試算表', 'zh-CN': 'Google 表格' } },
    aliases: ['google-sheets:addRow', 'n8n-nodes-base.googleSheets'],
    i18n: { 'zh-TW': { title: '新增一列到試算表' }, 'zh-CN': { title: '向表格追加一行' } },
  }),
  module('http.request', { title: 'HTTP request', summary: 'Calls a URL.', aliases: ['http:ActionSendData'] }),
  module('respond', { title: 'Respond', summary: 'Answers the caller of a webhook.', i18n: { 'zh-TW': { title: '回應' } } }),
];

test.each([
  ['sheets', ['google_sheets.append']],
  ['Google Sheets', ['google_sheets.append']],
  ['試算表', ['google_sheets.append']],
  ['google 表格', ['google_sheets.append']],
  ['addrow', ['google_sheets.append']],
  ['request', ['http.request']],
  ['webhook', ['respond']],
  ['ＨＴＴＰ', ['http.request']],
  ['nothing like it', []],
  ['', ['google_sheets.append', 'http.request', 'respond']],
])('%s finds %j', (wanted, expected) => {
  expect(search(modules, wanted).map(({ name }) => name)).toEqual(expected);
});

test('a title in the language, in English, or the name', () => {
  expect(titleOf(modules[0], 'google_sheets.append', 'zh-TW')).toBe('新增一列到試算表');
  expect(titleOf(modules[1], 'http.request', 'zh-TW')).toBe('HTTP request');
  expect(titleOf(undefined, 'a.b', 'en')).toBe('a.b');
});

test.each([
  [0, 'zh-CN', 'Google 表格'],
  [0, 'en', 'Google Sheets'],
  [1, 'zh-CN', 'http'],
])('the app of module %i in %s', (which, language, expected) => {
  const one = modules[which];
  expect(one && appOf(one, language)).toBe(expected);
});

test('what is named in full comes first, whatever else has its words', () => {
  const send = module('email.send', { title: 'Send an email', aliases: [] });
  const other = module('resend.send_email', { title: 'Send an email', aliases: ['email send'] });
  expect(search([other, send], 'email.send', ['resend.send_email']).map(({ name }) => name)).toEqual(['email.send', 'resend.send_email']);
});

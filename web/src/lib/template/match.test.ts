import { expect, test } from 'vitest';

import type { Template } from '../api/templates';
import { free, matching, told } from './match';

const sheet: Template = {
  id: 'order-to-sheet',
  name: 'Orders into a sheet',
  description: 'Writes each order down.',
  text: '',
  modules: ['webhook', 'google_sheets.append'],
  i18n: { 'zh-TW': { name: '訂單寫入試算表' } },
};
const mail: Template = { id: 'mail', name: 'Mail', description: 'Sends mail.', text: '', modules: ['email.send'] };

test.each([
  ['', ['order-to-sheet', 'mail']],
  ['SHEET', ['order-to-sheet']],
  ['試算表', ['order-to-sheet']],
  ['google order', ['order-to-sheet']],
  ['email', ['mail']],
  ['order email', []],
])('%j finds %j', (text, ids) => {
  expect(matching([sheet, mail], text).map(({ id }) => id)).toEqual(ids);
});

test('a template is told in the language where it can', () => {
  expect(told(sheet, 'zh-TW')).toEqual({ name: '訂單寫入試算表', description: 'Writes each order down.' });
  expect(told(sheet, 'zh-CN').name).toBe('Orders into a sheet');
});

test.each([
  ['mail', [], 'mail'],
  ['mail', ['mail'], 'mail-2'],
  ['mail', ['mail', 'mail-2', 'other'], 'mail-3'],
])('%s beside %j is %s', (base, taken, name) => {
  expect(free(base, taken)).toBe(name);
});

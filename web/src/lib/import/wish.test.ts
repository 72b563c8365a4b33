import { expect, test } from 'vitest';

import type { Module } from '../api/editing';
import { wishOf } from './wish';

function module(name: string, title: string, more: Partial<Module> = {}): Module {
  const nothing = { summary: '', description: '', parameters: {}, example: null, sample: null, connections: [], needs_connection: false };
  return { ...nothing, name, title, ...more };
}

const modules = [
  module('google_sheets.append', 'Add a row', { app: { name: 'google_sheets', title: 'Google Sheets', color: '', icon: '' } }),
  module('slack.send', 'Send a message'),
  module('http.request', 'Make a request'),
  module('mail', 'Mail', { kind: 'trigger' }),
];

test.each([
  ['google-sheets:addRow', 'google sheets add row'],
  ['google-sheets:makeCopyOfTemplate', 'google sheets'],
  ['slack:send', 'slack send'],
  ['n8n-nodes-base.googleSheets', 'google sheets'],
  ['@acme/n8n-nodes-slack.post', 'slack'],
  ['google-drive:list', 'google'],
  ['mail:watch', 'http'],
  ['unknownApp:doIt', 'http'],
  ['', 'http'],
])('%s begins with %s', (was, wish) => {
  expect(wishOf(was, modules)).toBe(wish);
});

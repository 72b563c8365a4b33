import { expect, test } from 'vitest';

import type { Scenario, Trigger } from '../api/types';
import { curl, firstCurl } from './curl';

const url = 'http://localhost:8080/hook/hello';

test.each<[string[] | undefined, string]>([
  [undefined, `curl -d '{}' -H 'content-type: application/json' '${url}'`],
  [['GET', 'POST'], `curl -d '{}' -H 'content-type: application/json' '${url}'`],
  [['GET'], `curl '${url}'`],
  [['PUT'], `curl -X PUT -d '{}' -H 'content-type: application/json' '${url}'`],
])('methods %j', (methods, expected) => {
  expect(curl({ kind: 'webhook', path: 'hello', url, methods })).toBe(expected);
});

test('a quote in the address stays in it', () => {
  expect(curl({ kind: 'webhook', path: "a'b", url: "http://h/a'b", methods: ['GET'] })).toBe(`curl 'http://h/a'\\''b'`);
});

test('the first scenario that is on and has a webhook', () => {
  const scenario = (enabled: boolean, trigger: Trigger): Scenario => ({
    id: 's', name: 's', enabled, version: '1', source: 's.yaml', diagnostics: [], triggers: [trigger], last_run: null,
  });
  const webhook = (name: string): Trigger => ({ kind: 'webhook', path: name, url: `http://h/${name}`, methods: ['GET'] });
  const list = [scenario(false, webhook('off')), scenario(true, { kind: 'manual' }), scenario(true, webhook('on'))];
  expect(firstCurl(list)).toBe(`curl 'http://h/on'`);
  expect(firstCurl([])).toBeUndefined();
});

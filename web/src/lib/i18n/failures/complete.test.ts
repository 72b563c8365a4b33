// Every code with which steps fail is explained, in every language.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { failures as english } from './en';
import { failures as simplified } from './zh-CN';
import { failures as traditional } from './zh-TW';

const crates = join(import.meta.dirname, '../../../../../crates');

/** Codes that tests make up. */
const madeUp = new Set(['bad', 'bad_luck', 'test', 'unknown']);

/** The codes in the program's text, made up by tests of modules or not. */
function codes(): string[] {
  const files = readdirSync(crates, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((path) => /^[^/]+\/src\/.*\.rs$/.test(path) && !path.includes('/tests'));
  const found = sources.flatMap((path) => {
    const text = readFileSync(join(crates, path), 'utf8').replace(/\n#\[cfg\(test\)\]\nmod tests \{[^]*$/, '');
    return [...text.matchAll(/\b(?:permanent|passing)\(\s*"([a-z_]+)"|\bfault\("([a-z_]+)"/g)].map(([, step, expression]) => step ?? expression ?? '');
  });
  return [...new Set(found)].filter((code) => !madeUp.has(code));
}

test('no code is left without an explanation', () => {
  const all = codes();
  expect(all.length).toBeGreaterThan(40);
  expect(all.filter((code) => !Object.hasOwn(english, code))).toEqual([]);
});

test.each([
  ['zh-TW', traditional],
  ['zh-CN', simplified],
])('%s explains them all in its own letters', (_, failures) => {
  expect(Object.keys(failures)).toEqual(Object.keys(english));
  for (const [code, said] of Object.entries(failures)) {
    expect(/\p{Script=Han}/u.test(said.title) && /\p{Script=Han}/u.test(said.try), code).toBe(true);
  }
});

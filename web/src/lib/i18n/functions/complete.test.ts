// Every function of the reference is explained in every language, with the code that the English sentence has.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { summaries as simplified } from './zh-CN';
import { summaries as traditional } from './zh-TW';

const reference = readFileSync(join(import.meta.dirname, '../../../../../docs/reference/functions.md'), 'utf8');

/** The functions and what the reference says of each. */
const english = [...reference.matchAll(/\n### (\w+)\n\n`[^\n]*`\n\n([^\n]+)\n/g)].map(([, name = '', summary = '']): [string, string] => [name, summary]);

/** What must not be lost on the way: other functions, settings and their values. */
const code = (text: string) => new Set([...text.matchAll(/`([a-z_0-9]{3,})`/g)].map(([, written = '']) => written));

test('the reference names them', () => {
  expect(english.length).toBeGreaterThan(300);
});

test.each([
  ['zh-TW', traditional],
  ['zh-CN', simplified],
])('%s explains all of them', (_, summaries) => {
  expect(Object.keys(summaries).sort()).toEqual(english.map(([name]) => name).sort());
  for (const [name, summary] of english) {
    const said = summaries[name] ?? '';
    expect(/\p{Script=Han}.*。$/u.test(said), `${name}: ${said}`).toBe(true);
    const lost = [...code(summary)].filter((written) => !said.includes(written));
    expect(lost, name).toEqual([]);
  }
});

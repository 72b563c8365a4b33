// Every reason that the import's source gives has words: a sentence that is added there fails here until it has them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { translated } from './translated';

const source = join(__dirname, '../../../../../crates/blueprint/src');

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return name === 'tests' ? [] : files(path);
    return name.endsWith('.rs') && name !== 'tests.rs' ? [path] : [];
  });
}

// Where a text is a reason: what is refused, decided, left to do, or wrong with a file.
const before = [
  String.raw`Err\((?:format!\()?\s*`,
  String.raw`(?:ok_or|ok_or_else|unwrap_or_else)\((?:\|\|)?\s*(?:format!\()?\s*`,
  String.raw`\.decide\((?:format!\()?\s*`,
  String.raw`(?:decisions|problems|reasons|unsaid)\.push\((?:format!\()?\s*`,
  String.raw`decided\(Some\(\s*`,
  String.raw`then_some\(\s*`,
  String.raw`(?:decision|rest) = (?:Some\()?(?:format!\()?\s*`,
  String.raw`(?:reason|Self::\w+(?:\(name\))?) =>? (?:Some\(|format!\()\s*`,
  String.raw`Unsound\((?:format!\()?\s*`,
  String.raw`self\.todo\(module, Some\((?:format!\()?\s*`,
  String.raw`next: Some\(\s*`,
  // What to try, in `ImportError::hint`.
  String.raw`Self::\w+(?:\(_\))?(?: \| Self::\w+)* => (?:\{\s*)?`,
];
const text = String.raw`"((?:[^"\\]|\\.)*)"`;
const found = new RegExp(`(?:${before.join('|')})${text}`, 'g');

function reasons(): string[] {
  const all = files(source).flatMap((path) => {
    const code = readFileSync(path, 'utf8').split('\n#[cfg(test)]')[0] ?? '';
    return [...code.matchAll(found)].map(([, said]) => said ?? '');
  });
  const plain = all.map((said) => said.replace(/\\\n\s*/g, '').replace(/\\(.)/g, '$1'));
  // A reason has blanks, where a name or a key has none, and no full stop, where a remark has one; a state has words elsewhere.
  return [...new Set(plain)].filter((said) => /^\S+ \S+ .*[^.]$/.test(said) && !said.startsWith('needs a '));
}

test('each reason has words in both', () => {
  const all = reasons();
  expect(all.length).toBeGreaterThan(150);
  const filled = (said: string) => said.replace(/\{\{/g, '\u0001').replace(/\}\}/g, '\u0002').replace(/\{[^{}]*\}/g, 'x').replace(/\u0001/g, '{').replace(/\u0002/g, '}');
  const missing = all.filter((said) => ['zh-TW', 'zh-CN'].some((language) => translated(filled(said), language) === filled(said)));
  expect(missing).toEqual([]);
});

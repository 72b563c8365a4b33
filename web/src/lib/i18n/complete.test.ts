// Every language says everything: each sentence is there, in its own letters, with all that is put into it.
import { expect, test } from 'vitest';

import { en } from './en';
import { zhCN } from './zh-CN';
import { zhTW } from './zh-TW';

type Sentence = string | ((...values: unknown[]) => string);

/** Names, code and signs: the same everywhere. */
const same = new Set(['Hookmill', 'Webhook', 'curl', 'HTTPie', 'fetch', 'JSON Schema', 'YAML', 'JSON', 'CSV', 'SVG', 'ID', 'URL', 'TTL', 'API']);
const code = /^(\/|verify:|\{\{|https?:)/;

/** Every sentence by where it stands. */
function sentences(value: unknown, at: string): [string, Sentence][] {
  if (typeof value === 'string' || typeof value === 'function') return [[at, value as Sentence]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => sentences(inner, at ? `${at}.${key}` : key));
}

/** What a sentence says of values that are told apart; lists where it wants lists, words where it wants words. */
function spoken(sentence: Sentence): string {
  if (typeof sentence === 'string') return sentence;
  const kinds = [[41, 42, 43, 44], [[40], [41], [42], [43]], ['word41', 'word42', 'word43', 'word44'], [{}, {}, {}, {}]];
  for (const values of kinds) {
    try {
      const said = sentence(...values.slice(0, sentence.length));
      if (typeof said === 'string' && !said.includes('undefined')) return said;
    } catch {
      continue; // it wants another kind of value
    }
  }
  throw new Error('a sentence that takes what this test does not know');
}

const placed = (text: string) => [...new Set(text.match(/(?<!\d)4[0-4](?!\d)/g))].sort();

const english = sentences(en, '');

test.each([
  ['zh-TW', zhTW],
  ['zh-CN', zhCN],
] as const)('%s says everything', (language, dictionary) => {
  const translated = new Map(sentences(dictionary, ''));
  expect([...translated.keys()].sort()).toEqual(english.map(([key]) => key).sort());
  for (const [key, original] of english) {
    if (key === 'locale') continue;
    const said = spoken(translated.get(key) ?? '');
    expect(placed(said), `${language} ${key}`).toEqual(placed(spoken(original)));
    const own = /\p{Script=Han}/u.test(said) || same.has(said) || code.test(said) || !/[a-z]{2}/i.test(spoken(original).replace(/word4\d/g, ''));
    expect(own, `${language} ${key}: ${said}`).toBe(true);
  }
});

test('Traditional and Simplified letters are not mixed', () => {
  const simplified = /[这为们个时没应运数变问显删储连块发种开关闭]/;
  const traditional = /[這為們個時沒應運數變問顯刪儲連塊發種開關閉]/;
  const only = (letters: RegExp, others: RegExp) => (text: string) => [...text].filter((letter) => letters.test(letter) && !others.test(letter));
  for (const [key, sentence] of sentences(zhTW, '')) expect(only(simplified, traditional)(spoken(sentence)), key).toEqual([]);
  for (const [key, sentence] of sentences(zhCN, '')) expect(only(traditional, simplified)(spoken(sentence)), key).toEqual([]);
});

// Every language says everything: each sentence is there, in its own letters, with all that is put into it.
import { expect, test } from 'vitest';

import { en } from './en';
import { sentences, spoken } from './sentences';
import { zhCN } from './zh-CN';
import { zhTW } from './zh-TW';

/** Names, code and signs: the same everywhere. */
const same = new Set(['Hookmill', 'Webhook', 'curl', 'HTTPie', 'fetch', 'JSON Schema', 'YAML', 'JSON', 'CSV', 'SVG', 'ID', 'URL', 'TTL', 'API']);
const code = /^(\/|verify:|\{\{|https?:)/;

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

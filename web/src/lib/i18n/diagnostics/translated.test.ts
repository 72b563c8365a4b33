// Everything that the engine's own tests have it say can be told in Chinese, whole.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { spaced } from './template';
import { translated } from './translated';

const root = join(import.meta.dirname, '../../../../../crates');

interface Found {
  code: string;
  message: string;
  hint?: string;
}

/** What stands in the files of findings beside the cases of the engine's tests. */
function said(): Found[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => /\.(diagnostics|findings)$/.test(path) && !path.includes('target'));
  return files.flatMap((path) => {
    const lines = readFileSync(join(root, path), 'utf8').split('\n');
    return lines.flatMap((line, index) => {
      const [, code, message] = /^\S+: (?:error|warning)\[([EW]\d+)\]: (.*)$/.exec(line) ?? [];
      if (!code || !message) return [];
      const [, hint] = /^ {2}hint: (.*)$/.exec(lines[index + 1] ?? '') ?? [];
      return [{ code, message, ...(hint ? { hint } : {}) }];
    });
  });
}

/** Words beside code, names in quotes and what is the same in every language. */
const foreign = (text: string) =>
  text
    .replace(/`[^`]*`|"[^"]*"|'[^']*'/g, '')
    .replace(/connections\.yaml|secrets\.yaml|json-schema\.org|[A-Za-z.]*\.yaml|RFC|YAML|JSON|Schema|HTTP|URL|IANA|Webhook|Cron|Slack|Stripe|true|false|UTC|null|PEM|Tab|ID|\d\w*/g, '')
    .match(/[A-Za-z]{2,}/g);

const everything = said();

test('there is something to be told', () => {
  expect(everything.length).toBeGreaterThan(500);
});

/** What comes from the reader of YAML, of expressions or of patterns, and is shown as it says it. */
const quoted = new Set(['E0101', 'E0301', 'E0404', 'E0414', 'E0602']);

test.each(['zh-TW', 'zh-CN'])('every finding of the tests, in %s', (language) => {
  const left = new Set<string>();
  for (const found of everything) {
    const { message, hint } = translated(found, language);
    const isWhole = message !== found.message && (quoted.has(found.code) || !foreign(message));
    if (!isWhole) left.add(`${found.code}: ${found.message} → ${message}`);
    if (found.hint && (hint === found.hint || foreign(hint ?? ''))) left.add(`${found.code} hint: ${found.hint} → ${hint ?? ''}`);
  }
  expect([...left].sort()).toEqual([]);
});

test.each([
  ['E0104', '`http.request` has no key `ur`', 'did you mean `url`?', '`http.request` 沒有 `ur` 這個鍵', '是不是要寫 `url`？'],
  ['E0105', 'a step must be a map, not a list', 'write a map here', '步驟必須是物件，不能是清單', '這裡要寫物件'],
  ['E0107', 'a trigger takes exactly one of `webhook`, `schedule` or `manual`', undefined, '觸發器必須寫 `webhook`、`schedule` 或 `manual` 其中一個，而且只能一個', undefined],
  ['missing_property', '`order.totl` does not exist; `order` has `total`', 'did you mean `total`? If it may be absent, write `?.totl` or add `?? …`', '`order.totl` 不存在；`order` 有 `total`', '是不是要寫 `total`？若可能不存在，寫成 `?.totl` 或加上 `?? …`'],
  ['unsigned', 'the request has no signature of any sender that is known', "set the secret on the sender's page, so that it signs; or someone else is calling", '這個請求沒有任何已知來源的簽章', '請在來源的頁面設定密鑰，讓它簽章；否則可能是其他人在呼叫'],
  ['', 'the last 5 runs of `ask` failed, at last with: 127.0.0.1: Connection refused', undefined, '`ask` 最近 5 次執行都失敗，最後一次的原因：127.0.0.1: Connection refused', undefined],
  ['', 'the mailbox `box` (INBOX) cannot be watched: 127.0.0.1:9 cannot be reached', undefined, '無法監看信箱 `box`（INBOX）：127.0.0.1:9 cannot be reached', undefined],
  ['', 'the mailbox `box` (INBOX) is full by 97 %: its server may refuse the mails that come; make room in it, or have its quota raised', undefined, '信箱 `box`（INBOX）已用了 97 %：伺服器可能拒收新信；請清出空間或提高配額', undefined],
  ['', 'the trigger poll 1 of `feed` gets no answer: 127.0.0.1: Connection refused', undefined, '`feed` 的第 1 個輪詢沒有得到回應：127.0.0.1: Connection refused', undefined],
  ['', 'nothing has started `ask` for 2 hours', undefined, '`ask` 已有 2 hours 沒有被觸發', undefined],
])('%s: %s', (code, message, hint, inChinese, hintInChinese) => {
  const found = translated({ code, message, hint }, 'zh-TW');
  expect(found.message).toBe(inChinese);
  expect(found.hint).toBe(hintInChinese);
});

test('what nobody has translated stays as it is', () => {
  const unknown = { code: 'E9999', message: 'something new', hint: 'try it' };
  expect(translated(unknown, 'zh-TW')).toEqual(unknown);
  expect(translated({ code: 'E0104', message: 'something new' }, 'zh-CN').message).toBe('something new');
  expect(translated({ code: 'E0201', message: 'there is no module `x`' }, 'en').message).toBe('there is no module `x`');
});

test('letters and code stand apart', () => {
  expect(spaced('用`x`和JSON寫成一句，`y`。')).toBe('用 `x` 和 JSON 寫成一句，`y`。');
});

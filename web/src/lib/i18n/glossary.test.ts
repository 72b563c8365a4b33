// One term, one translation: what the pages call things in Chinese is the same everywhere.
import { expect, test } from 'vitest';

import { en } from './en';
import * as failuresCN from './failures/zh-CN';
import * as failuresTW from './failures/zh-TW';
import * as functionsCN from './functions/zh-CN';
import * as functionsTW from './functions/zh-TW';
import { sentences, spoken } from './sentences';
import { zhCN } from './zh-CN';
import { zhTW } from './zh-TW';

/** A term as a pattern, and what every sentence with it has in Taiwan and in the Mainland. */
const glossary: [term: string, traditional: string, simplified: string][] = [
  ['scenarios?', '情境', '场景'],
  ['steps?', '步', '步'],
  ['modules?', '模組', '模块'],
  ['connections?', '連線', '连接'],
  ['triggers?', '觸發', '触发'],
  ['webhooks?', 'Webhook', 'Webhook'],
  ['schedule', '排程', '定时'],
  ['runs?', '執行', '运行'],
  ['requests?', '請求', '请求'],
  ['headers?', '標頭', '请求头'],
  ['body', '內文', '正文'],
  ['queues?', '佇列', '队列'],
  ['alarms?', '警報', '告警'],
  ['tokens?', '權杖', '令牌'],
  ['secrets?', '機密', '密钥'],
  ['data stores?', '資料儲存庫', '数据存储'],
  ['records?', '記錄', '记录'],
  ['templates?', '範本', '模板'],
  ['drafts?', '草稿', '草稿'],
  ['publish(?:ed)?', '發布', '发布'],
  ['versions?', '版本', '版本'],
  ['branch(?:es)?', '分支', '分支'],
  ['loop', '迴圈', '循环'],
  ['route', '路由', '路由'],
  ['errors?', '錯', '错'],
  ['sandbox', '沙盒', '沙盒'],
  ['sample', '範例', '示例'],
  ['conditions?', '條件', '条件'],
  ['expressions?', '運算式', '表达式'],
  ['variables?', '變數', '变量'],
  ['functions?', '函式', '函数'],
  ['fields?', '欄位', '字段'],
  ['settings?', '設定', '设置'],
  ['passwords?', '密碼', '密码'],
  ['sign(?:ed)? in', '登入', '登录'],
  ['server', '伺服器', '服务器'],
  ['provider', '服務商', '服务商'],
  ['files?', '檔案', '文件'],
  ['search', '搜尋', '搜索'],
  ['delete', '刪除', '删除'],
  ['undo', '復原', '撤销'],
  ['signature', '簽章', '签名'],
  ['output', '輸出', '输出'],
  ['input', '輸入', '输入'],
  ['pin(?:ned)?', '釘選', '固定'],
  ['URL', '網址', '网址'],
  ['restored?', '還原', '恢复'],
  ['disabled?', '停用', '停用'],
  ['administrator', '管理員', '管理员'],
];

/** Sentences that name a file or a key of YAML, not the thing. */
const beside = /\{\{ secrets\.\w+ \}\}|\b(?:connections|secrets)\.yaml|`\w+:`|verify: \{.*\}/g;

const original = new Map(sentences(en, '').map(([key, sentence]) => [key, spoken(sentence)]));

test.each([
  ['zh-TW', zhTW, (term: (typeof glossary)[number]) => term[1]],
  ['zh-CN', zhCN, (term: (typeof glossary)[number]) => term[2]],
] as const)('%s has one word for each term', (_, dictionary, wordOf) => {
  const others: string[] = [];
  const used = new Set<string>();
  for (const [key, sentence] of sentences(dictionary, '')) {
    const [english, said] = [(original.get(key) ?? '').replace(beside, ''), spoken(sentence)];
    for (const term of glossary) {
      if (!new RegExp(`\\b${term[0]}\\b`, 'i').test(english)) continue;
      used.add(term[0]);
      if (!said.includes(wordOf(term))) others.push(`${key}: ${english} = ${said}, without ${wordOf(term)}`);
    }
  }
  expect(others).toEqual([]);
  expect(glossary.filter(([term]) => !used.has(term))).toEqual([]);
});

/** Words of the other side of the strait, each with what is said here. */
const foreign = {
  'zh-TW': { 默認: '預設', 服務器: '伺服器', 用戶名: '使用者名稱', 數據: '資料', 信息: '訊息', 網絡: '網路', 文件夾: '資料夾', 軟件: '軟體', 運行: '執行', 字段: '欄位', 變量: '變數', 函數: '函式', 登錄: '登入', 搜索: '搜尋', 字節: '位元組', 字符: '字元', 隊列: '佇列', 鏈接: '連結', 粘貼: '貼上', 撤銷: '復原', 模板: '範本', 模塊: '模組', 場景: '情境', 令牌: '權杖', 數組: '陣列', 調用: '呼叫', 加載: '載入', 你: '您' },
  'zh-CN': { 预设: '默认', 伺服器: '服务器', 使用者: '用户', 资料: '数据', 网路: '网络', 资料夹: '文件夹', 档案: '文件', 栏位: '字段', 变数: '变量', 函式: '函数', 登入: '登录', 搜寻: '搜索', 位元组: '字节', 字元: '字符', 伫列: '队列', 贴上: '粘贴', 范本: '模板', 模组: '模块', 情境: '场景', 权杖: '令牌', 物件: '对象', 阵列: '数组', 呼叫: '调用', 载入: '加载', 连线: '连接', 储存: '存储', 你: '您' },
} as const;

test.each([
  ['zh-TW', [zhTW, failuresTW, functionsTW]],
  ['zh-CN', [zhCN, failuresCN, functionsCN]],
] as const)('%s has no words of the other side', (language, dictionaries) => {
  const found = dictionaries.flatMap((dictionary) => sentences(dictionary, '')).flatMap(([key, sentence]) => {
    const said = typeof sentence === 'string' ? sentence : spoken(sentence);
    return Object.entries(foreign[language]).flatMap(([word, own]) => (said.includes(word) ? [`${key}: ${said}: ${own}, not ${word}`] : []));
  });
  expect(found).toEqual([]);
});

// Messages about triggers, by code: the engine's sentence, then 繁體中文 and 简体中文.
import type { Sentences } from '../template';

export const triggers: Sentences = {
  E0401: [['`{path}` cannot be a webhook\'s path: {problem:term}', '`{path}` 不能當作 Webhook 的路徑：{problem}', '`{path}` 不能当作 Webhook 的路径：{problem}']],
  E0402: [['there is no HTTP method `{method}`', '沒有 HTTP 方法 `{method}`', '没有 HTTP 方法 `{method}`']],
  E0403: [['`{network}` is no address range', '`{network}` 不是位址範圍', '`{network}` 不是地址范围']],
  E0404: [['`{pattern}` is no cron pattern: {problem:detail}', '`{pattern}` 不是 Cron 表示式：{problem}', '`{pattern}` 不是 Cron 表达式：{problem}']],
  E0405: [['the cron pattern `{pattern}` never comes', 'Cron 表示式 `{pattern}` 永遠不會到來', 'Cron 表达式 `{pattern}` 永远不会到来']],
  E0406: [['`{time}` is no time', '`{time}` 不是時間', '`{time}` 不是时间']],
  E0407: [['the path has `{name}` twice', '路徑裡有兩個 `{name}`', '路径里有两个 `{name}`']],
  E0408: [['this is no JSON Schema: {problem:term}', '這不是 JSON Schema：{problem}', '这不是 JSON Schema：{problem}']],
  E0409: [['two webhooks listen on `{path}`', '有兩個 Webhook 使用 `{path}`', '有两个 Webhook 使用 `{path}`']],
  E0410: [['`verify` knows no `{name}`', '`verify` 沒有 `{name}`', '`verify` 没有 `{name}`']],
  E0411: [['{what:term} can only hold secrets and variables of the environment', '{what}只能放機密與環境變數', '{what}只能放密钥与环境变量']],
  E0412: [['`{path}` is no path to a list in the body', '`{path}` 不是內文中清單的路徑', '`{path}` 不是正文中列表的路径']],
  E0414: [
    ['`{pattern}` cannot be compared with mails: it is empty', '`{pattern}` 無法用來比對信件：它是空的', '`{pattern}` 无法用来比对邮件：它是空的'],
    ['`{pattern}` cannot be compared with mails: it is no regular expression: {why:detail}', '`{pattern}` 無法用來比對信件：它不是正規表示式：{why}', '`{pattern}` 无法用来比对邮件：它不是正则表达式：{why}'],
  ],
  E0415: [['`{time}` is no time', '`{time}` 不是時間', '`{time}` 不是时间']],
  E0416: [['no mailhook can have the address `{address}`: {problem:term}', '信件入口的地址不能是 `{address}`：{problem}', '邮件入口的地址不能是 `{address}`：{problem}']],
  E0413: [['`{origin}` is no origin of pages', '`{origin}` 不是網頁來源', '`{origin}` 不是网页来源']],
  E0420: [['these times are not understood: {problem:term}', '看不懂這些時間：{problem}', '看不懂这些时间：{problem}']],
  E0421: [['`{text}` names no days', '`{text}` 不是日子', '`{text}` 不是日子']],
  E0422: [['`{text}` is no part of a day', '`{text}` 不是一天中的時段', '`{text}` 不是一天中的时段']],
  E0423: [['`between` stands beside `every` alone', '`between` 只能與 `every` 一起寫', '`between` 只能与 `every` 一起写']],
  E0424: [['this `poll` does not say what is asked', '這個 `poll` 沒有寫要查詢什麼', '这个 `poll` 没有写要查询什么']],
  E0425: [['there is neither a module nor a trigger `{name}` that could be asked', '沒有可以查詢的模組或觸發器 `{name}`', '没有可以查询的模块或触发器 `{name}`']],
  E0426: [['it is not said where `{module}` gives the items', '沒有寫 `{module}` 的項目在哪裡', '没有写 `{module}` 的条目在哪里']],
  E0427: [['this `poll` asks two things', '這個 `poll` 要查詢兩樣東西', '这个 `poll` 要查询两样东西']],
};

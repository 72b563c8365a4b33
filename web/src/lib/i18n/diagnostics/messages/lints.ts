// Warnings, and messages about tests, files and folders, by code: the engine's sentence, then 繁體中文 and 简体中文.
import type { Sentences } from '../template';

export const lints: Sentences = {
  W0501: [
    ['anyone who guesses this webhook\'s path can make `{module}` run', '猜到這個 Webhook 路徑的人，都能讓 `{module}` 執行', '猜到这个 Webhook 路径的人，都能让 `{module}` 运行'],
    ['anyone who guesses this webhook\'s path can start this scenario', '猜到這個 Webhook 路徑的人，都能啟動這個情境', '猜到这个 Webhook 路径的人，都能启动这个场景'],
    ['`{provider}` signs nothing: anyone who guesses this webhook\'s path can make `{module}` run', '`{provider}` 不簽章：猜到這個 Webhook 路徑的人，都能讓 `{module}` 執行', '`{provider}` 不签名：猜到这个 Webhook 路径的人，都能让 `{module}` 运行'],
    ['`{provider}` signs nothing: anyone who guesses this webhook\'s path can start this scenario', '`{provider}` 不簽章：猜到這個 Webhook 路徑的人，都能啟動這個情境', '`{provider}` 不签名：猜到这个 Webhook 路径的人，都能启动这个场景'],
  ],
  W0502: [['the caller waits for `{step}`, and the answer does not need it', '呼叫端要等 `{step}`，但回應用不到它', '调用方要等 `{step}`，但响应用不到它']],
  W0503: [['this looks like {kind:term}, in plain text', '這看起來是{kind}，而且是明文', '这看起来是{kind}，而且是明文']],
  W0504: [['{what:term} never runs: {because:term}', '{what}永遠不會執行：{because}', '{what}永远不会运行：{because}']],
  W0505: [['nothing in this loop changes what `{condition}` reads: it fails after {max} turns, or never begins', '這個迴圈裡沒有任何步驟會改變 `{condition}` 讀取的值：它會在 {max} 輪後失敗，或永遠不開始', '这个循环里没有任何步骤会改变 `{condition}` 读取的值：它会在 {max} 轮后失败，或永远不开始']],
  W0506: [
    ['this `{module}` has no `id`, so nothing can read its output', '這個 `{module}` 沒有 `id`，沒有人能讀取它的輸出', '这个 `{module}` 没有 `id`，没有人能读取它的输出'],
    ['nothing reads the output of `{step}`, and `{module}` does nothing else', '沒有人讀取 `{step}` 的輸出，而 `{module}` 不做其他事', '没有人读取 `{step}` 的输出，而 `{module}` 不做其他事'],
  ],
  W0507: [
    ['`{operator}` compares a text with a number: that fails when it runs', '`{operator}` 拿文字和數字比較：執行時會失敗', '`{operator}` 拿文本和数字比较：运行时会失败'],
    ['`{operator}` compares `{text}`, which is text, with a number: that fails when it runs', '`{operator}` 拿文字 `{text}` 和數字比較：執行時會失敗', '`{operator}` 拿文本 `{text}` 和数字比较：运行时会失败'],
  ],
  W0508: [['this `{module}` has no steps, so it does nothing', '這個 `{module}` 沒有步驟，什麼都不會做', '这个 `{module}` 没有步骤，什么都不会做']],
  W0509: [['`{module}` gives the same each time: trying it again changes nothing', '`{module}` 每次結果都一樣：重試沒有意義', '`{module}` 每次结果都一样：重试没有意义']],
  W0510: [['the `respond` of line {line} has answered the caller: this one fails', '第 {line} 行的 `respond` 已回應呼叫端：這一個會失敗', '第 {line} 行的 `respond` 已响应调用方：这一个会失败']],
  W0511: [['nobody gets this answer: {triggers:list} has no caller who waits', '沒有人會收到這個回應：{triggers} 沒有等待回應的呼叫端', '没有人会收到这个响应：{triggers} 没有等待响应的调用方']],
  W0512: [['there is no `{name}`: no webhook here has `each`', '沒有 `{name}`：這裡的 Webhook 都沒有設定 `each`', '没有 `{name}`：这里的 Webhook 都没有设置 `each`']],
  E0601: [['there is no `{key}` here', '這裡沒有 `{key}`', '这里没有 `{key}`']],
  E0602: [
    ['`{key}` stands alone in its map', '`{key}` 在物件中必須單獨存在', '`{key}` 在对象中必须单独存在'],
    ['`{key}` is for `{module}` steps alone', '`{key}` 只能用於 `{module}` 步驟', '`{key}` 只能用于 `{module}` 步骤'],
    ['`{key}` is written `{how}`', '`{key}` 要寫成 `{how}`', '`{key}` 要写成 `{how}`'],
    ['`{key}` is no regular expression: {why:detail}', '`{key}` 不是正規表示式：{why}', '`{key}` 不是正规表达式：{why}'],
  ],
  E0603: [['there is no scenario `{name}` beside these tests', '這些測試旁邊沒有情境 `{name}`', '这些测试旁边没有场景 `{name}`']],
  E0604: [['`{name}` cannot be mocked: it asks nobody outside', '`{name}` 不能模擬：它不會連到外部', '`{name}` 不能仿真：它不会连到外部']],
  E0901: [['the webhook path `{path}` is used by both `{scenario}` and `{other}`', '`{scenario}` 與 `{other}` 都使用 Webhook 路徑 `{path}`', '`{scenario}` 与 `{other}` 都使用 Webhook 路径 `{path}`']],
  E0902: [['this webhook cannot be served: {reason:detail}', '無法提供這個 Webhook：{reason}', '无法提供这个 Webhook：{reason}']],
  E0903: [['the scenario `{id}` is defined by `{other}` already', '情境 `{id}` 已由 `{other}` 定義', '场景 `{id}` 已由 `{other}` 定义']],
  E0904: [['`{name}` cannot name a scenario', '`{name}` 不能當作情境名稱', '`{name}` 不能当作场景名称']],
  E0905: [['{problem:detail}', '{problem}', '{problem}']],
  E0906: [['{problem:detail}', '{problem}', '{problem}']],
  E0907: [['{problem:detail}', '{problem}', '{problem}']],
  E0908: [['{problem:detail}', '{problem}', '{problem}']],
};

// What alarms say: the engine's sentence, then 繁體中文 and 简体中文.
import type { Sentence } from '../template';

export const alarms: Sentence[] = [
  ['connection {name}', '連線 {name}', '连接 {name}'],
  ['an app cannot be used: {why:detail}', '應用程式無法使用：{why}', '应用无法使用：{why}'],
  ['app {name}', '應用程式 {name}', '应用 {name}'],
  ['the last {count} runs of `{scenario}` failed, at last with: {why:detail}', '`{scenario}` 最近 {count} 次執行都失敗，最後一次的原因：{why}', '`{scenario}` 最近 {count} 次运行都失败，最后一次的原因：{why}'],
  ['{count} runs of `{scenario}` wait', '`{scenario}` 有 {count} 次執行在等候', '`{scenario}` 有 {count} 次运行在等待'],
  ['nothing has started `{scenario}` for {time}', '`{scenario}` 已有 {time} 沒有被觸發', '`{scenario}` 已有 {time} 没有被触发'],
  ['the trigger {number} of `{scenario}` was due at {due} and has started nothing', '`{scenario}` 的第 {number} 個觸發器應於 {due} 觸發，但沒有啟動任何執行', '`{scenario}` 的第 {number} 个触发器应在 {due} 触发，但没有启动任何运行'],
  ['a request to `{hook}` is not like those before: {why:detail}', '送到 `{hook}` 的請求與先前的不同：{why}', '发到 `{hook}` 的请求与先前的不同：{why}'],
  ['the connection `{name}` is refused: {why:detail}', '連線 `{name}` 被拒絕：{why}', '连接 `{name}` 被拒绝：{why}'],
  ['the credential of the connection `{name}` ends in {days} days: give or authorize a new one', '連線 `{name}` 的憑證將在 {days} 天後到期：請提供新的憑證或重新授權', '连接 `{name}` 的凭证将在 {days} 天后到期：请提供新的凭证或重新授权'],
  ['there is no room on the disk: {why:detail}', '磁碟空間不足：{why}', '磁盘空间不足：{why}'],
];

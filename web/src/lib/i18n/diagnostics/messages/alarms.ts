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
  ['the mailbox `{name}` ({folder}) cannot be watched: {why:detail}', '無法監看信箱 `{name}`（{folder}）：{why}', '无法监看邮箱 `{name}`（{folder}）：{why}'],
  ['the mailbox `{name}` ({folder}) counts its mails anew: those that came since it was last looked into are looked at again, and what has had its run gets no other', '信箱 `{name}`（{folder}）的信件重新編號：上次查看之後的信會再看一次，已啟動過執行的不會再啟動', '邮箱 `{name}`（{folder}）的邮件重新编号：上次查看之后的邮件会再看一次，已启动过运行的不会再启动'],
  ['the mailbox `{name}` ({folder}) is full by {taken} %: its server may refuse the mails that come; make room in it, or have its quota raised', '信箱 `{name}`（{folder}）已用了 {taken} %：伺服器可能拒收新信；請清出空間或提高配額', '邮箱 `{name}`（{folder}）已用了 {taken} %：服务器可能拒收新邮件；请清出空间或提高配额'],
  ['`after` of `{scenario}` could not be done: {why:detail}', '`{scenario}` 的 `after` 無法完成：{why}', '`{scenario}` 的 `after` 无法完成：{why}'],
  ['the trigger poll {number} of `{scenario}` gets no answer: {why:detail}', '`{scenario}` 的第 {number} 個輪詢沒有得到回應：{why}', '`{scenario}` 的第 {number} 个轮询没有得到响应：{why}'],
  ['there is no room on the disk: {why:detail}', '磁碟空間不足：{why}', '磁盘空间不足：{why}'],
];

// Why a file gives no scenario: the server's sentence, then 繁體中文 and 简体中文.
import type { Sentence } from '../diagnostics/template';

export const files: Sentence[] = [
  ['the file has more than {most} bytes', '檔案超過 {most} 位元組', '文件超过 {most} 字节'],
  ['the file is no JSON: {why:detail}', '檔案不是 JSON：{why}', '文件不是 JSON：{why}'],
  ['the file is neither a blueprint of Make, nor a workflow of n8n, Zapier or Node-RED', '檔案既不是 Make 的 blueprint，也不是 n8n、Zapier 或 Node-RED 的 workflow', '文件既不是 Make 的 blueprint，也不是 n8n、Zapier 或 Node-RED 的 workflow'],
  ['the file holds more than {most} values', '檔案含有超過 {most} 個值', '文件含有超过 {most} 个值'],
  ['the scenario becomes longer than {most} bytes', '情境會超過 {most} 位元組', '场景会超过 {most} 字节'],
  ['two nodes have the id {id}: export the flows anew', '兩個節點的 ID 同為 {id}：請重新匯出 flow', '两个节点的 ID 同为 {id}：请重新导出 flow'],
  ['two steps of a Zap have the id {id}', 'Zap 中有兩個步驟的 ID 同為 {id}', 'Zap 中有两个步骤的 ID 同为 {id}'],
  ['a Zap has no steps: its `nodes` are neither a map nor a list', 'Zap 沒有步驟：`nodes` 既不是物件也不是清單', 'Zap 没有步骤：`nodes` 既不是对象也不是列表'],
  ['the scenario has more than {most} modules', '情境有超過 {most} 個模組', '场景有超过 {most} 个模块'],
  ['routes are nested more than {depth} deep', '路由的巢狀超過 {depth} 層', '路由的嵌套超过 {depth} 层'],
  ['the module {number} of the blueprint has no `module`', 'blueprint 的第 {number} 個模組沒有 `module`', 'blueprint 的第 {number} 个模块没有 `module`'],
  ['`{address}` is no URL: {why:detail}', '`{address}` 不是網址：{why}', '`{address}` 不是网址：{why}'],
  ['{what:detail}; the operator may allow it with `{option}`', '{what}；管理者可用 `{option}` 允許', '{what}；管理者可用 `{option}` 允许'],
  ['{host} answers {status}', '{host} 回應 {status}', '{host} 响应 {status}'],
  ['the archive cannot be read: {why:detail}', '無法讀取壓縮檔：{why}', '无法读取压缩包：{why}'],
  ['the archive has more than {most} files', '壓縮檔有超過 {most} 個檔案', '压缩包有超过 {most} 个文件'],
  ['the files of the archive have more than {most} bytes', '壓縮檔中的檔案超過 {most} 位元組', '压缩包中的文件超过 {most} 字节'],

  // What to try.
  ['export fewer scenarios at a time', '請一次匯出較少的情境', '请一次导出较少的场景'],
  ['export it again, and take the file as it is: nothing may be missing at its end', '請重新匯出，並直接使用該檔案：結尾不可缺少內容', '请重新导出，并直接使用该文件：结尾不可缺少内容'],
  ['export the scenario itself: a list of runs, a backup of settings or a template is none', '請匯出情境本身：執行紀錄清單、設定備份或範本都不是', '请导出场景本身：运行记录列表、设置备份或模板都不是'],
  ['export it again with a current version, and do not change the file', '請以最新版本重新匯出，且不要修改檔案', '请用最新版本重新导出，且不要修改文件'],
  ['take it apart into scenarios that call each other, and export those', '請拆成互相呼叫的情境，再匯出', '请拆成互相调用的场景，再导出'],
];

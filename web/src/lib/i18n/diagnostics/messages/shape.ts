// Messages about the shape of the text, by code: the engine's sentence, then 繁體中文 and 简体中文.
import type { Sentences } from '../template';

export const shape: Sentences = {
  E0101: [['this is not YAML: {problem:detail}', '這不是 YAML：{problem}', '这不是 YAML：{problem}']],
  E0102: [['this text is too large to be a scenario: {reason:term}', '內容過大，不能當作情境：{reason}', '内容过大，不能当作场景：{reason}']],
  E0103: [['`{key}` is given twice', '`{key}` 寫了兩次', '`{key}` 写了两次']],
  E0104: [
    ['{of:term} has no key `{key}`', '{of}沒有 `{key}` 這個鍵', '{of}没有 `{key}` 这个键'],
    ['`{of}` of a test has no key `{key}`', '測試的 `{of}` 沒有 `{key}` 這個鍵', '测试的 `{of}` 没有 `{key}` 这个键'],
  ],
  E0105: [['{what:term} must be {wanted:term}, not {found:term}', '{what}必須是{wanted}，不能是{found}', '{what}必须是{wanted}，不能是{found}']],
  E0106: [['{of:term} needs `{key}`', '{of}需要 `{key}`', '{of}需要 `{key}`']],
  E0107: [['{of:term} takes exactly one of {keys:list}', '{of}必須寫 {keys} 其中一個，而且只能一個', '{of}必须写 {keys} 其中一个，而且只能一个']],
  E0108: [['{what:term} cannot be `{word}`', '{what}不能是 `{word}`', '{what}不能是 `{word}`']],
  E0109: [['{what:term} must be {range:term}, not {found:term}', '{what}必須是{range}，不能是{found}', '{what}必须是{range}，不能是{found}']],
  E0110: [['{what:term} is no duration: `{found}`', '{what}不是時間長度：`{found}`', '{what}不是时间长度：`{found}`']],
  E0111: [['{what:term} is no size: `{found}`', '{what}不是大小：`{found}`', '{what}不是大小：`{found}`']],
  E0112: [
    ['`{name}` cannot be {what:term}', '`{name}` 不能當作{what}', '`{name}` 不能当作{what}'],
    ['`{name}` cannot be a code', '`{name}` 不能當作代碼', '`{name}` 不能当作代码'],
  ],
  E0113: [['`{name}` cannot be {what:term}: expressions use it for something else', '`{name}` 不能當作{what}：運算式已用它表示別的東西', '`{name}` 不能当作{what}：表达式已用它表示别的东西']],
  E0114: [['the id `{id}` is taken', '代號 `{id}` 已被使用', 'ID `{id}` 已被使用']],
  E0115: [['this step does nothing: no key of it is a module', '這個步驟什麼都沒做：沒有任何鍵是模組', '这个步骤什么都没做：没有任何键是模块']],
  E0116: [['this step has more than one module: {modules:list}', '這個步驟有一個以上的模組：{modules}', '这个步骤有一个以上的模块：{modules}']],
  E0117: [['`{name}` is no header name', '`{name}` 不是標頭名稱', '`{name}` 不是请求头名称']],
  E0118: [['`{name}` cannot be set by a scenario', '情境不能設定 `{name}`', '场景不能设置 `{name}`']],
  E0119: [['the value of the header `{name}` has control characters', '標頭 `{name}` 的值含有控制字元', '请求头 `{name}` 的值含有控制字符']],
  E0120: [['there is no time zone `{name}`', '沒有時區 `{name}`', '没有时区 `{name}`']],
  E0121: [['`{{` without quotes begins a YAML map, not an expression', '沒有引號的 `{{` 在 YAML 中是物件的開頭，不是運算式', '没有引号的 `{{` 在 YAML 中是对象的开头，不是表达式']],
  E0122: [['{of:term} takes at most one of {keys:list}', '{of}最多只能寫 {keys} 其中一個', '{of}最多只能写 {keys} 其中一个']],
  E0123: [['`otherwise` stands before other branches', '`otherwise` 寫在其他分支前面', '`otherwise` 写在其他分支前面']],
  E0124: [['`{host}` is no host', '`{host}` 不是主機名稱', '`{host}` 不是主机名称']],
  E0125: [['this step is still to be done', '這個步驟尚待完成', '这个步骤尚待完成']],
};

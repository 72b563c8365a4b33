// Messages about expressions, checked and evaluated, by code: the engine's sentence, then 繁體中文 and 简体中文.
import type { Sentences } from '../template';

export const expressions: Sentences = {
  E0301: [['this cannot be read: {why:detail}', '無法讀取這個運算式：{why}', '无法读取这个表达式：{why}']],
  E0302: [['`{{` opens an expression that is never closed', '`{{` 開始的運算式沒有結束', '`{{` 开始的表达式没有结束']],
  E0303: [['there is no expression here', '這裡沒有運算式', '这里没有表达式']],
  E0304: [['{what:term} cannot stand in an expression', '運算式裡不能有{what}', '表达式里不能有{what}']],
  E0305: [['there is no function `{name}`', '沒有函式 `{name}`', '没有函数 `{name}`']],
  E0306: [
    ['`{name}` cannot be called with {count} argument', '呼叫 `{name}` 不能只給 {count} 個引數', '调用 `{name}` 不能只给 {count} 个参数'],
    ['`{name}` cannot be called with {count} arguments', '呼叫 `{name}` 不能給 {count} 個引數', '调用 `{name}` 不能给 {count} 个参数'],
  ],
  E0307: [['`{name}` cannot be computed with', '`{name}` 不能用來計算', '`{name}` 不能用来计算']],
  E0308: [['the name of a secret must be written out', '機密的名稱必須直接寫出', '密钥的名称必须直接写出']],
  E0309: [['`secrets` is read without a name', '讀取 `secrets` 時沒有寫名稱', '读取 `secrets` 时没有写名称']],
  no_value: [['`{name}` has no value here: its step was skipped or has not run', '`{name}` 在這裡沒有值：它的步驟被略過或尚未執行', '`{name}` 在这里没有值：它的步骤被跳过或尚未运行']],
  missing_property: [
    ['`{name}` does not exist; `{of}` has {keys:term}', '`{name}` 不存在；`{of}` 有{keys}', '`{name}` 不存在；`{of}` 有{keys}'],
    ['`{name}` does not exist; `{of}` has no keys', '`{name}` 不存在；`{of}` 沒有任何鍵', '`{name}` 不存在；`{of}` 没有任何键'],
    ['`{of}` is {kind:term}, so `{name}` cannot be read from it', '`{of}` 是{kind}，無法從中讀取 `{name}`', '`{of}` 是{kind}，无法从中读取 `{name}`'],
  ],
  type_mismatch: [
    ['`{operator}` does not work between {left:term} and {right:term}', '`{operator}` 不能用在{left}與{right}之間', '`{operator}` 不能用在{left}与{right}之间'],
    ['{what:term} needs {wanted:term}, not {given:term}', '{what}需要{wanted}，不能是{given}', '{what}需要{wanted}，不能是{given}'],
  ],
  not_a_condition: [['a condition is true or false, not {given:term}', '條件必須是 true 或 false，不能是{given}', '条件必须是 true 或 false，不能是{given}']],
};

// Messages about names and parameters, by code: the engine's sentence, then 繁體中文 and 简体中文.
import type { Sentences } from '../template';

export const names: Sentences = {
  E0201: [['there is no module `{name}`', '沒有模組 `{name}`', '没有模块 `{name}`']],
  E0202: [['`{of}` has no parameter `{key}`', '`{of}` 沒有參數 `{key}`', '`{of}` 没有参数 `{key}`']],
  E0203: [['`{of}` needs the parameter `{key}`', '`{of}` 需要參數 `{key}`', '`{of}` 需要参数 `{key}`']],
  E0204: [['`{name}` must be {wanted:term}, not {found:term}', '`{name}` 必須是{wanted}，不能是{found}', '`{name}` 必须是{wanted}，不能是{found}']],
  E0205: [['`{name}` cannot be `{found}`', '`{name}` 不能是 `{found}`', '`{name}` 不能是 `{found}`']],
  E0206: [['`{name}` must be {range:term}, not {found:term}', '`{name}` 必須是{range}，不能是{found}', '`{name}` 必须是{range}，不能是{found}']],
  E0207: [['`{module}` needs a `connection`', '`{module}` 需要一個連線（`connection`）', '`{module}` 需要一个连接（`connection`）']],
  E0208: [['there is no connection `{name}`', '沒有連線 `{name}`', '没有连接 `{name}`']],
  E0209: [['the connection `{name}` is of type `{found}`, which `{module}` cannot use', '連線 `{name}` 的類型是 `{found}`，`{module}` 不能使用', '连接 `{name}` 的类型是 `{found}`，`{module}` 不能使用']],
  E0210: [['a connection must be named literally', '連線名稱必須直接寫出，不能用運算式', '连接名称必须直接写出，不能用表达式']],
  E0211: [['`{name}` must not be empty', '`{name}` 不能是空的', '`{name}` 不能是空的']],
  E0212: [['there is no scenario `{name}`', '沒有情境 `{name}`', '没有场景 `{name}`']],
  E0213: [['the scenario `{name}` cannot be called', '情境 `{name}` 不能被呼叫', '场景 `{name}` 不能被调用']],
  E0214: [['{what:term} must be named literally', '{what}必須直接寫出，不能用運算式', '{what}必须直接写出，不能用表达式']],
  E0215: [['there is no secret `{name}`', '沒有機密 `{name}`', '没有密钥 `{name}`']],
  E0216: [['`{name}` cannot stand here: {owner:term} takes no secret', '`{name}` 不能寫在這裡：{owner}不接受機密', '`{name}` 不能写在这里：{owner}不接受密钥']],
  E0220: [['nothing here is called `{name}`', '這裡沒有叫做 `{name}` 的東西', '这里没有叫做 `{name}` 的东西']],
  E0221: [['the step `{id}` has not run at this point', '步驟 `{id}` 此時尚未執行', '步骤 `{id}` 此时尚未运行']],
  E0222: [['the step `{id}` is not visible here: it stands inside of a branch', '這裡看不到步驟 `{id}`：它在分支裡面', '这里看不到步骤 `{id}`：它在分支里面']],
  E0223: [['the step `{id}` is not visible here: it runs once for each item of a loop', '這裡看不到步驟 `{id}`：它在迴圈裡，每一項各執行一次', '这里看不到步骤 `{id}`：它在循环里，每一项各运行一次']],
  E0224: [['the output of `{id}` is not there before the step has ended', '步驟結束之前，還沒有 `{id}` 的輸出', '步骤结束之前，还没有 `{id}` 的输出']],
  E0225: [['no step assigns the variable `{name}`', '沒有步驟寫入變數 `{name}`', '没有步骤写入变量 `{name}`']],
  E0230: [['no step has the id or module `{name}`', '沒有步驟的代號或模組是 `{name}`', '没有步骤的ID或模块是 `{name}`']],
};

// More of why a node or a module does not run as it is: the server's sentence, then 繁體中文 and 简体中文.
import type { Sentence } from '../diagnostics/template';

export const nodes: Sentence[] = [
  // What is watched.
  ['`{key}` is computed, which a rule cannot be', '`{key}` 是計算得出的，規則不能這樣寫', '`{key}` 是计算得出的，规则不能这样写'],
  ['it had an address of its own: have its mails go to a mailbox that is watched', '它原本有自己的地址：請將信件改寄到受監看的信箱', '它原本有自己的地址：请将邮件改发到受监听的邮箱'],
  ['each mail is a run of its own here: what collects several has one', '在這裡每封信各執行一次：彙總的步驟只會看到一封', '在这里每封邮件各运行一次：汇总的步骤只会看到一封'],
  ['the mail is not there as it was sent', '這裡沒有信件的原始內容', '这里没有邮件的原始内容'],
  ['its rules ask for more than `where` can say: look at it', '它的規則超出 `where` 所能表達：請檢查', '它的规则超出 `where` 所能表达：请检查'],
  ['its rules are no list of conditions: look at `where`', '它的規則不是條件清單：請檢查 `where`', '它的规则不是条件列表：请检查 `where`'],
  ['its feed is not given', '沒有指定訂閱來源', '没有指定订阅源'],
  ['it starts by “{event:detail}”: here a poll of {app} starts with what is new', '它由「{event}」啟動：在這裡輪詢 {app} 只由新的項目啟動', '它由“{event}”启动：在这里轮询 {app} 只由新的项目启动'],
  ['its attachments are not fetched: `gmail.get_attachment` fetches one, a trigger `mail` has them all', '不會下載附件：`gmail.get_attachment` 可下載一個，觸發器 `mail` 則全部都有', '不会下载附件：`gmail.get_attachment` 可下载一个，触发器 `mail` 则全部都有'],
  ['what it asks for is computed', '要查詢的內容是計算得出的', '要查询的内容是计算得出的'],
  ['it asks at the first of its times alone: give it all', '只會在第一個時間查詢：請補上其餘時間', '只会在第一个时间查询：请补上其余时间'],
  ['Zapier asks for it time and again: a schedule with a search and a data store does that here', 'Zapier 會定時查詢：在這裡以排程加上搜尋與資料儲存區達成', 'Zapier 会定时查询：在这里用定时加上搜索和数据存储达成'],

  // Credentials in the clear.
  ['the file has its credential in the clear: it belongs into the connection `{name}`', '檔案裡寫著明文憑證：請填入連線 `{name}`', '文件里写着明文凭据：请填入连接 `{name}`'],
  ['the file has a credential in the clear: it belongs into the secret `{name}`', '檔案裡寫著明文憑證：請填入機密 `{name}`', '文件里写着明文凭据：请填入密钥 `{name}`'],
  ['the file has a credential in the clear: `{sign}` is in its place', '檔案裡寫著明文憑證：已改為 `{sign}`', '文件里写着明文凭据：已改为 `{sign}`'],

  // Requests and files.
  ['its URL is not given', '沒有指定網址', '没有指定网址'],
  ['no file “{name:detail}” is known to come to it', '不知道檔案「{name}」從哪裡來', '不知道文件“{name}”从哪里来'],
  ['it makes a file of the kind {kind}', '它會產生 {kind} 類型的檔案', '它会生成 {kind} 类型的文件'],
  ['it reads a file of the kind {kind}', '它會讀取 {kind} 類型的檔案', '它会读取 {kind} 类型的文件'],
  ['it begins as UTF-16 does, and goes on otherwise', '開頭是 UTF-16，後面卻不是', '开头是 UTF-16，后面却不是'],
  ['bytes cannot be read in the encoding `{encoding}`', '無法以編碼 `{encoding}` 讀取位元組', '无法用编码 `{encoding}` 读取字节'],

  // Tables.
  ['no fields are named that it should aggregate', '沒有指定要彙總的欄位', '没有指定要汇总的字段'],
  ['it reads a hash, list or set', '它讀取的是雜湊、清單或集合', '它读取的是哈希、列表或集合'],
  ['which columns it changes is computed', '要變更哪些欄是計算得出的', '要更改哪些列是计算得出的'],
  ['no rows are named that it should delete', '沒有指定要刪除的資料列', '没有指定要移除的行'],
  ['no table is named', '沒有指定資料表', '没有指定数据表'],
  ['one of several tests is enough: a statement of SQL says that here', '符合其中一個條件即可：在這裡以 SQL 陳述式表達', '符合其中一个条件即可：在这里用 SQL 语句表达'],
  ['rows are found by {test:detail}: a statement of SQL says that here', '以 {test} 尋找資料列：在這裡以 SQL 陳述式表達', '用 {test} 查找行：在这里用 SQL 语句表达'],
  ['its statement is put together with `{expression}`: values stand in `parameters` here', '它的陳述式由 `{expression}` 組成：在這裡值要放在 `parameters`', '它的语句由 `{expression}` 拼成：在这里值要放在 `parameters`'],
  ['it finds rows by a text of its own: `where` says it by columns here', '它以自訂的文字尋找資料列：在這裡以 `where` 依欄表達', '它用自定义的文本查找行：在这里用 `where` 按列表达'],
  ['one of several tests is enough', '符合其中一個條件即可', '符合其中一个条件即可'],
  ['it finds rows by {test:detail}', '它以 {test} 尋找資料列', '它用 {test} 查找行'],
  ['“{name:detail}” of Google Sheets is not known', '不認得 Google 試算表的「{name}」', '不认识 Google 表格的“{name}”'],
  ['“{name:detail}” of the storage is not known', '不認得儲存區的「{name}」', '不认识存储的“{name}”'],

  // Other workflows, and nodes that are read.
  ['it calls another workflow: import both together, or put `{call}` here', '它呼叫另一個 workflow：請一起匯入，或在這裡寫 `{call}`', '它调用另一个 workflow：请一起导入，或在这里写 `{call}`'],
  ['it reads the items of a node by their number', '它以編號讀取節點的項目', '它用编号读取节点的项目'],
  ['the name of a node is missing', '缺少節點的名稱', '缺少节点的名称'],
  ['it names an output or a run of a node', '它指定了節點的輸出或某次執行', '它指定了节点的输出或某次运行'],

  // Values.
  ['the key by which `map` filters is computed', '`map` 篩選所用的鍵是計算得出的', '`map` 筛选所用的键是计算得出的'],
  ['the key of `{name}` is written in a way that is not known here', '`{name}` 的金鑰寫法在這裡無法辨識', '`{name}` 的密钥写法在这里无法识别'],
  ['`$if` takes three values', '`$if` 需要三個值', '`$if` 需要三个值'],
  ['`{function}` of nothing', '`{function}` 沒有引數', '`{function}` 没有参数'],
  ['`{name}` of a regular expression is not said here', '這裡無法表達正規表達式的 `{name}`', '这里无法表达正则表达式的 `{name}`'],
  ['`.substr()` with a length that is computed', '`.substr()` 的長度是計算得出的', '`.substr()` 的长度是计算得出的'],
  ['the digest {name} is not there', '這裡沒有雜湊演算法 {name}', '这里没有散列算法 {name}'],
  ["the digest's name is computed", '雜湊演算法的名稱是計算得出的', '散列算法的名称是计算得出的'],
  ['JavaScript has no other numbers', 'JavaScript 沒有其他數字', 'JavaScript 没有其他数字'],
  ['a regular expression is computed', '正規表達式是計算得出的', '正则表达式是计算得出的'],
  ['a number is too large', '數字太大', '数字太大'],
  ['it has no number', '沒有數字', '没有数字'],
  ['it has no numbers', '沒有任何數字', '没有任何数字'],
  ['a filter compares with a list that is computed', '篩選器用來比較的清單是計算得出的', '筛选器用来比较的列表是计算得出的'],
  ['how long the text becomes is not known', '不知道文字會變成多長', '不知道文本会变成多长'],

  // Times.
  ['the unit of a length of time is computed', '時間長度的單位是計算得出的', '时间长度的单位是计算得出的'],
  ['`{name}` is no unit of time', '`{name}` 不是時間單位', '`{name}` 不是时间单位'],
  ['`{name}` of {unit:detail} is not said here', '這裡無法表達 {unit} 的 `{name}`', '这里无法表达 {unit} 的 `{name}`'],
  ['a difference in several units', '以多個單位表示的時間差', '用多个单位表示的时间差'],
  ['the unit of a difference is computed', '時間差的單位是計算得出的', '时间差的单位是计算得出的'],
  ['`{name}` of a difference in {unit:detail}', '以 {unit} 表示的時間差的 `{name}`', '用 {unit} 表示的时间差的 `{name}`'],
  ['`{name}` of a difference is not said here', '這裡無法表達時間差的 `{name}`', '这里无法表达时间差的 `{name}`'],
  ['a date as {locale:detail} writes it', '以 {locale} 格式書寫的日期', '用 {locale} 格式书写的日期'],
  ['the language of a date is computed', '日期的語言是計算得出的', '日期的语言是计算得出的'],
  ['`{sign}` in the format of a date is not said here', '這裡無法表達日期格式中的 `{sign}`', '这里无法表达日期格式中的 `{sign}`'],
  ['how many weeks it waits is computed', '要等幾週是計算得出的', '要等几周是计算得出的'],

  // Node-RED's own languages.
  ['its JSONata is too long', '它的 JSONata 太長', '它的 JSONata 太长'],
  ['it has a map with keys that are computed', '它的物件有計算得出的鍵', '它的对象有计算得出的键'],
  ['it calls what is no function', '它呼叫的不是函式', '它调用的不是函数'],
  ['it has a range', '它使用了範圍', '它使用了范围'],
  ['its function `$merge` takes a list that is computed', '它的函式 `$merge` 使用計算得出的清單', '它的函数 `$merge` 使用计算得出的列表'],
  ['its section “{section:detail}” has no end', '區段「{section}」沒有結尾', '区段“{section}”没有结尾'],
  ['its braces are not closed', '大括號沒有成對', '大括号没有成对'],
  ['it has empty braces', '大括號裡是空的', '大括号里是空的'],

  // What nodes of Node-RED do.
  ['it moves {path:detail} out of what is kept between messages', '它將 {path} 從訊息之間保留的內容移出', '它将 {path} 从消息之间保留的内容移出'],
  ['it writes into {path:detail}, which is within a value', '它寫入 {path}，而那在一個值裡面', '它写入 {path}，而那在一个值里面'],
  ['it writes into {place:detail}', '它寫入 {place}', '它写入 {place}'],
  ['its {key:detail} is no number', '它的 {key} 不是數字', '它的 {key} 不是数字'],
  ['the range that it takes is empty', '它採用的範圍是空的', '它采用的范围是空的'],
  ['it treats what is out of its range by “{way:detail}”', '它以「{way}」處理超出範圍的值', '它用“{way}”处理超出范围的值'],
  ['its “otherwise” stands before other rules', '「otherwise」寫在其他規則之前', '“otherwise”写在其他规则之前'],
  ['its pattern is no text', '它的模式不是文字', '它的模式不是文本'],
  ['whether it is of the type {type:detail} cannot be asked', '無法判斷是否為類型 {type}', '无法判断是否为类型 {type}'],
  ['it takes “{part:detail}” of what it finds', '它從找到的內容取「{part}」', '它从找到的内容取“{part}”'],
  ['it has code that runs when the flows start or stop', '它有在流程啟動或停止時執行的程式碼', '它有在流程启动或停止时运行的代码'],
  ['it splits msg.{path:detail}', '它拆分 msg.{path}', '它拆分 msg.{path}'],
  ['it sorts by the expression {key:detail}', '它以運算式 {key} 排序', '它用表达式 {key} 排序'],
  ['it pauses by “{way:detail}”', '它以「{way}」的方式暫停', '它用“{way}”的方式暂停'],
  ['it has an output of its own for what comes later', '它另有輸出給之後的訊息', '它另有输出给之后的消息'],
  ['it compares by “{way:detail}”', '它以「{way}」比較', '它用“{way}”比较'],
  ['the payload does not tell `chatId` and `content`', 'payload 沒有 `chatId` 與 `content`', 'payload 没有 `chatId` 和 `content`'],
  ['it has bytes that are written out', '它有直接寫出的位元組', '它有直接写出的字节'],
  ['what it sends is a value of the type {type:detail}', '它送出類型為 {type} 的值', '它发送类型为 {type} 的值'],
  ['what `{name}` repeats is not known', '不知道 `{name}` 要重複什麼', '不知道 `{name}` 要重复什么'],
  ['nothing is repeated', '沒有要重複的內容', '没有要重复的内容'],

  // What begins with what stood there comes last: it fits much.
  ['{text:detail} is no number', '{text} 不是數字', '{text} 不是数字'],
];

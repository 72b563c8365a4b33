import { expect, test } from 'vitest';

import { all, translated } from './translated';

test('every sentence is there in both, in their own letters and with all that stands in it', () => {
  const holes = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
  for (const [english, traditional, simplified] of all) {
    for (const said of [traditional, simplified]) {
      expect(holes(said), english).toEqual(holes(english));
      expect(/\p{Script=Han}/u.test(said) || /^[`{}：\w]+$/.test(said), english).toBe(true);
    }
    expect(/[这为们个时没应运数变问显删储连块发种开关闭]/.test(traditional), traditional).toBe(false);
    expect(/[這為們個時沒應運數變問顯刪儲連塊發種開關閉]/.test(simplified), simplified).toBe(false);
  }
});

test('no sentence takes what another one says', () => {
  const filled = (text: string) => text.replace(/\{(\w+)[^}]*\}/g, 'x');
  const general = /^(`\{|\{)/;
  for (const [english, traditional] of all) {
    if (general.test(english) || english.includes('is not known here')) continue;
    expect(translated(filled(english), 'zh-TW'), english).toBe(filled(traditional).replace(/(\p{Script=Han})(?=x)|x(?=\p{Script=Han})/gu, '$& '));
  }
});

test.each([
  ['no module here does this', '這裡沒有模組能做這件事', '这里没有模块能做这件事'],
  ['it makes a bundle for each group; here they are one map of lists', '它為每一組產生一個資料組；在這裡則是一個由清單組成的物件', '它为每一组产生一个数据包；在这里则是一个由列表组成的对象'],
  ['`$binary.data`: it reads a file that is an attachment of the item', '`$binary.data`：它讀取附在項目上的檔案', '`$binary.data`：它读取附在项目上的文件'],
  ['{{match(1.a)}}: patterns cannot look around with `(?=` here', '{{match(1.a)}}：這裡的模式不能用 `(?=` 前後查看', '{{match(1.a)}}：这里的模式不能用 `(?=` 前后查看'],
  ['`google_sheets.append` needs the parameter `sheet`', '`google_sheets.append` 需要參數 `sheet`', '`google_sheets.append` 需要参数 `sheet`'],
  ['the file has its credential in the clear: it belongs into the connection `openai-http`', '檔案裡寫著明文憑證：請填入連線 `openai-http`', '文件里写着明文凭据：请填入连接 `openai-http`'],
  [
    'the file is no JSON: EOF while parsing; export it again, and take the file as it is: nothing may be missing at its end',
    '檔案不是 JSON：EOF while parsing；請重新匯出，並直接使用該檔案：結尾不可缺少內容',
    '文件不是 JSON：EOF while parsing；请重新导出，并直接使用该文件：结尾不可缺少内容',
  ],
  ['something that nobody knows', 'something that nobody knows', 'something that nobody knows'],
])('%s', (said, traditional, simplified) => {
  expect(translated(said, 'zh-TW')).toBe(traditional);
  expect(translated(said, 'zh-CN')).toBe(simplified);
  expect(translated(said, 'en')).toBe(said);
});

// How one gets in: Traditional Chinese.
import type * as english from '../en/entry';

export const entry: typeof english.entry = {
  name: '名稱',
  password: '密碼',
  wrongPassword: '名稱或密碼不正確。',
  withToken: '以權杖登入',
  withPassword: '以名稱和密碼登入',
  tooMany: '錯誤次數過多，請稍候再試。',
  welcome: '歡迎使用 Hookmill',
  first: '請建立管理員。只有一位；其他設定之後都能更改。',
  code: '代碼或登入連結',
  codeHint: '伺服器啟動時會印出來。',
  again: '再次輸入密碼',
  differ: '兩次輸入的密碼不同。',
  short: (least) => `至少 ${least} 個字元。`,
  begin: '開始使用',
};

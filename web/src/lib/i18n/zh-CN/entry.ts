// How one gets in: Simplified Chinese.
import type * as english from '../en/entry';

export const entry: typeof english.entry = {
  name: '名称',
  password: '密码',
  wrongPassword: '名称或密码不正确。',
  withToken: '使用令牌登录',
  withPassword: '使用名称和密码登录',
  tooMany: '错误次数过多，请稍后再试。',
  welcome: '欢迎使用 Hookmill',
  first: '请创建管理员。只有一位；其他设置之后都能更改。',
  code: '代码或登录链接',
  codeHint: '服务器启动时会输出它。',
  again: '再次输入密码',
  differ: '两次输入的密码不同。',
  short: (least) => `至少 ${least} 个字符。`,
  begin: '开始使用',
};

// The frame around every page, and how one gets in: Simplified Chinese.
import type * as english from '../en/shell';

export const shell: typeof english.shell = {
  rooms: {
    scenarios: '场景',
    templates: '模板',
    runs: '运行记录',
    hooks: 'Webhook',
    alarms: '告警',
    queues: '队列',
    connections: '连接',
    stores: '数据存储',
    settings: '设置',
  },
  more: '更多',
  language: '语言',
  theme: '外观',
  themes: { system: '跟随系统', light: '浅色', dark: '深色' },
  signOut: '退出登录',
  openAlarms: (number) => `${number} 个未处理`,
  outdated: '此页面有新版本，请重新加载后继续。',
  reload: '重新加载',
};

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

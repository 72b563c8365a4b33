// The frame around every page: Simplified Chinese.
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
  letGo: '松开以导入',
  outdated: '此页面有新版本，请重新加载后继续。',
  reload: '重新加载',
};

// The frame around every page: Traditional Chinese.
import type * as english from '../en/shell';

export const shell: typeof english.shell = {
  rooms: {
    scenarios: '情境',
    templates: '範本',
    runs: '執行紀錄',
    hooks: 'Webhook',
    alarms: '警報',
    queues: '佇列',
    connections: '連線',
    stores: '資料儲存庫',
    settings: '設定',
  },
  more: '更多',
  language: '語言',
  theme: '外觀',
  themes: { system: '跟隨系統', light: '淺色', dark: '深色' },
  signOut: '登出',
  openAlarms: (number) => `${number} 個未處理`,
  letGo: '放開以匯入',
  outdated: '這個頁面有新版本，請重新載入後繼續。',
  reload: '重新載入',
};

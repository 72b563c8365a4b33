// The frame around every page.
export const shell = {
  rooms: {
    scenarios: 'Scenarios',
    templates: 'Templates',
    runs: 'Runs',
    hooks: 'Hooks',
    alarms: 'Alarms',
    queues: 'Queues',
    connections: 'Connections',
    stores: 'Data stores',
    settings: 'Settings',
  },
  more: 'More',
  language: 'Language',
  theme: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  signOut: 'Sign out',
  openAlarms: (number: number) => `${number} open`,
  letGo: 'Let go to import',
  outdated: 'A newer version of this page is there. Load it to go on.',
  reload: 'Load',
};

// The frame around every page, and how one gets in.
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
  outdated: 'A newer version of this page is there. Load it to go on.',
  reload: 'Load',
};

export const entry = {
  name: 'Name',
  password: 'Password',
  wrongPassword: 'Name or password is wrong.',
  withToken: 'Sign in with a token',
  withPassword: 'Sign in with name and password',
  tooMany: 'Too many wrong tries. Wait a little.',
  welcome: 'Welcome to Hookmill',
  first: 'Make the administrator. There is one; everything else can be changed later.',
  code: 'Code or login link',
  codeHint: 'It was printed when the server started.',
  again: 'Password once more',
  differ: 'The two passwords differ.',
  short: (least: number) => `At least ${least} characters.`,
  begin: 'Begin',
};

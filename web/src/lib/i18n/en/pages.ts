// The pages of templates, connections, secrets, data stores, alarms, queues and settings.
import type { AlarmKind } from '../../api/alarms';
import type { QueueState } from '../../api/queues';

const plural = new Intl.PluralRules('en');
const grouped = (number: number) => number.toLocaleString('en');
const count = (number: number, one: string, other: string) => `${grouped(number)} ${plural.select(number) === 'one' ? one : other}`;

const alarmKinds: Record<AlarmKind, string> = {
  failing: 'Keeps failing',
  silent: 'Nothing came',
  stopped: 'Did not do what was due',
  queue: 'Too many wait',
  trouble: 'Does not work',
};

const queueStates: Record<QueueState, string> = { open: 'Open', paused: 'Paused', draining: 'Draining' };

export const begin = {
  newScenario: 'New scenario',
  fromTemplate: 'Start with a template',
  nothing: 'Build your first automation: choose what starts it, then what it does.',
  untitled: 'New scenario',
  drafts: 'Drafts',
  draftOf: 'Not published yet',
  draftSaved: 'saved',
  search: 'Search scenarios',
  noneFits: 'No scenario has this in its name',
  turnOn: (name: string) => `Turn on ${name}`,
  turnOff: (name: string) => `Turn off ${name}`,
};

export const templates = {
  title: 'Templates',
  lead: 'Ready scenarios. One click makes a draft of your own; nothing runs before you publish it.',
  search: 'Search templates',
  none: 'No template fits. Try another word, or begin with an empty scenario.',
  use: 'Use this',
  found: (number: number) => count(number, 'template', 'templates'),
  modules: 'Modules',
};

export const connections = {
  title: 'Connections',
  lead: 'Accounts and addresses that scenarios use. Secrets are kept encrypted and never shown again.',
  add: 'New connection',
  edit: 'Change',
  editWhat: (name: string) => `Change ${name}`,
  addTitle: 'New connection',
  editTitle: (name: string) => `Connection ${name}`,
  empty: 'No connections yet',
  emptyNext: 'Connect a mail account, a Google account or an API, and every scenario can use it by its name.',
  name: 'Name',
  nameHint: 'How scenarios refer to it: letters, digits, - and _.',
  type: 'Type',
  choose: 'Choose a type',
  sandbox: 'Sandbox: write down what would be sent, send nothing',
  sandboxBadge: 'Sandbox',
  keep: 'Leave empty to keep what is stored',
  stored: 'stored',
  optional: 'optional',
  test: 'Test',
  testWhat: (name: string) => `Test ${name}`,
  testing: 'Testing…',
  works: (took: string) => `It works (${took}).`,
  fails: 'It does not work',
  removeWhat: (name: string) => `Delete ${name}`,
  removeSure: (name: string, used: number) => (used > 0 ? `Delete ${name}? ${count(used, 'scenario uses', 'scenarios use')} it and will fail.` : `Delete ${name}?`),
  usedBy: 'Used by',
  unused: 'Not used',
  lastUsed: 'last used',
  failingSince: 'failing since',
  fromFile: 'File',
  fromFileMeaning: 'It is kept in connections.yaml; change it there.',
  ok: 'Works',
  broken: 'Broken',
  taken: 'There is one of this name already.',
  badName: 'Letters, digits, - and _ only; begin with a letter.',
  needed: 'This must be filled in.',
  notJson: 'This is not JSON.',
  search: 'Search connections',
};

export const secrets = {
  title: 'Secrets',
  lead: 'Values that scenarios use as {{ secrets.name }}. They are kept encrypted and never shown again.',
  add: 'New secret',
  change: 'Change',
  changeWhat: (name: string) => `Change the secret ${name}`,
  name: 'Name',
  value: 'Value',
  empty: 'No secrets yet. A secret is a value that may be sent, but never shown: a key, a password, a token.',
  usedBy: 'Used by',
  unused: 'Not used',
  fromFile: 'It is kept in secrets.yaml; change it there.',
  changed: 'changed',
  removeWhat: (name: string) => `Delete the secret ${name}`,
  removeSure: (name: string) => `Delete the secret ${name}? Scenarios that use it will fail.`,
};

export const stores = {
  title: 'Data stores',
  lead: 'What scenarios remember between runs, as tables.',
  empty: 'No data stores yet',
  emptyNext: 'A scenario makes one when it first writes to it with data_store.set. You can also make one here.',
  add: 'New data store',
  records: (number: number, more: boolean) => `${grouped(number)}${more ? '+' : ''} ${number === 1 && !more ? 'record' : 'records'}`,
  name: 'Name',
  back: 'All data stores',
  prefix: 'Key begins with',
  addRecord: 'New record',
  editRecord: (key: string) => `Change ${key}`,
  removeRecord: (key: string) => `Delete ${key}`,
  removeSure: (key: string) => `Delete ${key}? It cannot be brought back.`,
  key: 'Key',
  value: 'Value',
  valueHint: 'JSON, 1 MiB at most',
  changed: 'Changed',
  expires: 'Expires',
  never: 'never',
  lives: 'Lives for (seconds; empty: until it is deleted)',
  noRecords: 'No records',
  noneFits: 'No key begins with this',
  notJson: (why: string) => `This is not JSON: ${why}`,
  changedMeanwhile: 'Someone changed this record meanwhile. Load it anew to see what it holds now.',
  columns: 'Records',
};

export const alarms = {
  title: 'Alarms',
  lead: 'What people should know of: it goes on until it is mended.',
  empty: 'All is well',
  emptyNext: 'Nothing is wrong now. What should raise an alarm is written in a scenario below `alarms:`.',
  open: 'Goes on',
  over: 'Over',
  showOver: 'Show what is over too',
  acknowledge: 'I have seen it',
  seenBy: (user: string) => `Seen by ${user}`,
  since: 'since',
  until: 'until',
  kinds: alarmKinds,
  see: 'See the failed runs',
};

export const queues = {
  title: 'Queues',
  lead: 'Runs that wait for their turn, by scenario.',
  empty: 'No scenario, so no queue',
  states: queueStates,
  waiting: 'Waiting',
  running: 'Under way',
  rate: 'Per second',
  oldest: 'Longest wait',
  dropped: 'Not begun',
  pause: 'Pause',
  pauseMeaning: 'Runs are taken in and wait.',
  drain: 'Drain',
  drainMeaning: 'Nothing new is taken in; what waits goes on.',
  resume: 'Open',
  purge: 'Purge',
  purgeSure: (number: number, name: string) => `Cancel all ${count(number, 'waiting run', 'waiting runs')} of ${name}? They cannot be brought back.`,
  purged: (number: number) => `${count(number, 'run', 'runs')} cancelled.`,
  actOn: (act: string, name: string) => `${act}: ${name}`,
};

export const settings = {
  title: 'Settings',
  look: 'Language and look',
  account: 'Administrator',
  signedInAs: (user: string) => `You are signed in as ${user}.`,
  noAccount: 'There is no administrator with a password yet. Choose a name and a password to sign in with from now on.',
  make: 'Make the administrator',
  made: 'Done. Sign in with it from now on.',
  oldPassword: 'Password now',
  byLink: 'You came by the printed link, so you need not know the password there is.',
  newPassword: 'New password',
  changePassword: 'Change the password',
  passwordChanged: 'The password is changed.',
  tokens: 'API tokens',
  tokensLead: 'For programs and the command line: sent as “Authorization: Bearer …”.',
  noTokens: 'No tokens yet.',
  tokenName: 'What is it for?',
  addToken: 'Make a token',
  tokenOnce: 'Copy it now; it is not shown again.',
  theToken: 'the token',
  created: 'made',
  used: 'last used',
  neverUsed: 'never used',
  removeToken: (name: string) => `Delete the token ${name}`,
  removeTokenSure: (name: string) => `Delete the token ${name}? Programs that use it are refused at once.`,
};

export const search = {
  text: 'Contains',
  since: 'From',
  until: 'To',
  searching: 'Searching…',
  found: (number: number, more: boolean) => `${grouped(number)}${more ? '+' : ''} ${number === 1 ? 'run' : 'runs'}`,
};

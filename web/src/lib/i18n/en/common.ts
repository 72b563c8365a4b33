// What every page says, and the lists of scenarios and runs.
import type { RunStatus, StepStatus } from '../../api/types';

const plural = new Intl.PluralRules('en');

function count(number: number, one: string, other: string): string {
  return `${number} ${plural.select(number) === 'one' ? one : other}`;
}

const runStatus: Record<RunStatus, string> = {
  running: 'Running',
  waiting: 'Waiting',
  held: 'Held',
  succeeded: 'Succeeded',
  stopped: 'Stopped early',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

const stepStatus: Record<StepStatus, string> = {
  done: 'Done',
  failed: 'Failed',
  skipped: 'Skipped',
  running: 'Running',
  retrying: 'Will try again',
  recovered: 'Recovered',
  filtered: 'Held back',
  waiting: 'Waiting',
  held: 'Held',
  cancelled: 'Cancelled',
};

export const common = {
  locale: 'en',
  title: 'Hookmill',
  skip: 'Skip to content',
  navigation: 'Main',
  loading: 'Loading…',
  copy: 'Copy',
  copied: 'Copied',
  copyWhat: (what: string) => `Copy ${what}`,
  showAll: (size: number) => `Show all ${size.toLocaleString('en')} characters`,
  tooLarge: (bytes: number) => `Too large to show: ${bytes.toLocaleString('en')} bytes`,
  unreachable: 'The server does not answer. Trying again…',
  refused: (message: string) => `The server answered: ${message}`,
  unknownPage: 'There is nothing here',
  unknownPageNext: 'See the scenarios',

  login: {
    title: 'Sign in',
    how: 'Open the login link printed by',
    or: 'or enter the token here.',
    token: 'Token',
    submit: 'Sign in',
    wrong: 'The server does not know this token.',
    failed: 'The server could not be reached. Try again.',
  },

  scenarios: {
    title: 'Scenarios',
    summary: (all: number, on: number) => `${count(all, 'scenario', 'scenarios')}, ${on} on`,
    empty: 'No scenarios yet',
    emptyNext: 'Save this as hello.yaml in the served folder; it appears here by itself.',
    on: 'On',
    off: 'Off',
    broken: 'Has errors',
    errors: (errors: number) => count(errors, 'error', 'errors'),
    warnings: (warnings: number) => count(warnings, 'warning', 'warnings'),
    never: 'Never ran',
    lastRun: 'Last run',
    runs: 'All runs',
    text: 'Text',
    source: 'File',
    version: 'Version',
    missing: 'There is no such scenario',
  },

  triggers: {
    title: 'Starts by',
    webhook: 'Webhook',
    anyMethod: 'any method',
    schedule: 'Schedule',
    next: (time: string) => `next ${time}`,
    noNext: 'no next time',
    manual: 'By hand',
    url: 'the webhook URL',
    requests: 'Requests',
  },

  diagnostics: {
    title: 'Problems in the text',
    error: 'Error',
    warning: 'Warning',
    place: (line: number, column: number) => `line ${line}, column ${column}`,
  },

  runs: {
    title: 'Runs',
    scenario: 'Scenario',
    status: 'Status',
    started: 'Started',
    duration: 'Duration',
    id: 'Run',
    anyScenario: 'All scenarios',
    anyStatus: 'Any status',
    more: 'Load more',
    empty: 'No runs yet',
    emptyNext: 'Call a webhook, and the run appears here at once:',
    emptyNoHook: 'A run appears here as soon as a trigger starts one.',
    emptyFiltered: 'No run fits these filters',
    clear: 'Show all runs',
    is: runStatus,
  },

  run: {
    title: (scenario: string) => `Run of ${scenario}`,
    missing: 'There is no such run',
    input: 'What started it',
    source: 'Source',
    query: 'Query',
    headers: 'Headers',
    body: 'Body',
    bodyBase64: 'Body (base64)',
    steps: 'Steps',
    noSteps: 'No step has begun yet.',
    answer: 'Answer sent',
    answerStatus: 'Status',
    error: 'Why it failed',
    output: 'Output',
    sent: 'Sent',
    notSent: 'Would have sent',
    sandbox: 'Sandbox',
    sandboxMeaning: 'Written down, not sent: the connection is a sandbox.',
    attempts: (attempts: number) => count(attempts, 'attempt', 'attempts'),
    turn: (turns: number[]) => `turn ${turns.map((turn) => turn + 1).join(' › ')}`,
    step: stepStatus,
    until: 'Until',
    give: 'Answer now',
    answered: 'Answered',
    resumed: 'Resumed',
    by: (user: string) => `by ${user}`,
    called: 'The run it called',
    resume: 'Try again',
    cancel: 'Cancel the run',
    cancelSure: 'Cancel this run? What is done stays done; nothing more will happen.',
  },
};

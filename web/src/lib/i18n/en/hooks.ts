// The sentences of the webhook inspector.
import type { CopyStyle, Verdict } from '../../api/hook-types';

const verdict: Record<Verdict, string> = {
  taken: 'Taken',
  repeat: 'Repeat',
  refused: 'Refused',
  handshake: 'Handshake',
  kept: 'Kept',
};

const verdictMeaning: Record<Verdict, string> = {
  taken: 'A run was started.',
  repeat: 'It was delivered before; the first delivery’s answer was given again.',
  refused: 'It was not let in; nothing ran.',
  handshake: 'The provider asked whether this hook is ours, and was answered.',
  kept: 'A bin keeps what comes; nothing runs.',
};

const copyStyle: Record<CopyStyle, string> = { curl: 'curl', httpie: 'HTTPie', fetch: 'fetch', http: 'raw HTTP' };

/** A whole number with its thousands apart. */
const grouped = (number: number) => number.toLocaleString('en');

function requests(number: number): string {
  return `${grouped(number)} ${number === 1 ? 'request' : 'requests'}`;
}

export const hooks = {
  title: 'Hooks',
  lead: 'Every request to every hook is kept here, also what was refused.',
  empty: 'No hooks yet',
  emptyNext: 'Make a bin and call it: it keeps whatever comes. Or save a scenario with a webhook.',
  newBin: 'New bin',
  bin: 'Bin',
  off: 'Off',
  open: 'Open',
  openMeaning: 'Anybody who knows the address can start runs. To close it, add one line below `webhook:`',
  closing: 'verify: { bearer: "{{ secrets.hook }}" }',
  closingWhat: 'the line that closes it',
  onPurpose: 'Open on purpose',
  gone: 'No scenario any more',
  scenario: 'Scenario',
  url: 'the address',
  anyMethod: 'any method',
  requests,
  refused: (number: number) => `${grouped(number)} refused`,
  last: 'last',
  never: 'no request yet',
};

export const hook = {
  missing: 'There is no such hook',
  all: 'All hooks',
  noRequests: 'Waiting for the first request',
  noRequestsNext: 'Send one, and it appears here at once:',
  noneFits: 'No request fits these filters',
  clear: 'Show all requests',
  list: 'Requests',
  filterText: 'Contains',
  filterVerdict: 'Verdict',
  anyVerdict: 'Any verdict',
  pause: 'Pause',
  resume: 'Resume',
  resumeWith: (waiting: number, more: boolean) => `Resume (${grouped(waiting)}${more ? '+' : ''} new)`,
  live: 'Live',
  paused: 'Paused',
  connecting: 'Connecting…',
  arrived: (number: number) => `${grouped(number)} since you came`,
  deleteAll: 'Delete all requests',
  deleteAllSure: 'Delete all requests of this hook? They cannot be brought back.',
  deleteBin: 'Delete the bin',
  deleteBinSure: 'Delete this bin and its requests? Calls of its address will be refused.',
  select: (method: string, target: string) => `Select ${method} ${target}`,
  selectAll: 'Select all loaded',
  selected: (number: number) => `${grouped(number)} selected`,
  selectNone: 'Select none',
  replaySelected: 'Replay selected',
  replayed: (number: number) => `${requests(number)} replayed.`,
  seeRun: 'See the run',
  answered: (status: number) => `It was answered ${status}.`,
  notReplayed: (number: number, why: string) => `${requests(number)} could not be sent: ${why}`,
  verdict,
  verdictMeaning,
};

export const request = {
  title: 'Request',
  none: 'Choose a request to see all of it.',
  back: 'Back to the list',
  missing: 'This request is not kept any more',
  facts: 'Facts',
  time: 'Time',
  took: 'Answered after',
  from: 'From',
  status: 'Answer',
  event: 'Event',
  delivery: 'Delivery',
  provider: 'Provider',
  run: 'Run',
  runs: (number: number) => `and ${grouped(number)} more`,
  madeFrom: 'Made from request',
  why: 'Why it was refused',
  method: 'To be signed by',
  signed: 'What was signed',
  expected: 'Expected signature',
  received: 'Received signature',
  begins: (start: string) => `begins with ${start}`,
  query: 'Query',
  headers: (number: number) => `Headers (${grouped(number)})`,
  headersTitle: 'Headers',
  name: 'Name',
  value: 'Value',
  body: 'Body',
  noBody: 'It has no body.',
  answer: 'Answer',
  answerBody: 'Body of the answer',
  bytes: (number: number) => `${grouped(number)} ${number === 1 ? 'byte' : 'bytes'}`,
  cut: 'Only its beginning was kept.',
  masked: 'Secrets are masked here.',
  views: { tree: 'Tree', text: 'Text', hex: 'Hex' },
  view: 'Show as',
  download: 'Download',
  load: 'Show it anyway',
  showRest: (number: number) => `Show ${grouped(number)} more`,
  replay: 'Replay',
  resend: 'Edit and resend',
  copyAs: 'Copy as',
  copyStyle,
  makeScenario: 'Make a scenario of it',
};

export const resend = {
  title: 'Edit and resend',
  hint: 'It is taken as if it came now: no signature is checked, and it counts as no repeat. Masked values are left out.',
  method: 'Method',
  query: 'Query',
  headers: 'Headers, one on a line',
  headersWrong: (line: string) => `This is no header: “${line}”. Write “Name: value”.`,
  body: 'Body',
  binary: 'The body is not text and is sent as it came, unless you write another.',
  partial: 'Only the beginning of the body was kept; this is all that will be sent.',
  send: 'Send',
  cancel: 'Cancel',
};

export const draft = {
  title: 'A scenario of this request',
  hint: 'Change what you like. It is saved as a file in the served folder.',
  id: 'Name of the file, without .yaml',
  text: 'Text',
  save: 'Save',
  close: 'Close',
};

export const schema = {
  title: 'Learnt schema',
  show: 'Learnt schema',
  from: (samples: number) => (samples === 0 ? 'There is no request to learn from yet.' : `Learnt from ${requests(samples)}.`),
  watch: 'Warn me when the shape changes',
  watched: 'You are warned when the shape changes.',
  counted: (checked: number, misfits: number) => `${requests(checked)} looked at since the server began, ${grouped(misfits)} did not fit.`,
  lastMisfit: 'The last that did not fit',
  anew: 'What comes now is right',
  unwatch: 'Warn me no longer',
  label: 'JSON Schema',
  what: 'the schema',
};

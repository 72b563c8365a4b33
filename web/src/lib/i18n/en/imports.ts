// Import of what other tools exported, and steps that it left to be done.
import type { ItemState } from '../../api/import';
import type { Complaint } from '../../import/intake.svelte';

const plural = new Intl.PluralRules('en');
const count = (number: number, one: string, other: string) => `${number.toLocaleString('en')} ${plural.select(number) === 'one' ? one : other}`;

const states: Record<ItemState, string> = {
  runs: 'Runs',
  needs_connection: 'Needs a connection',
  needs_decision: 'Needs a decision',
  not_executable: 'Not executable',
};

const unfit: Record<Exclude<Complaint['kind'], 'said'>, string> = {
  tooLarge: 'This file is too large: at most 15 MiB are read here. The command `hookmill import` reads 32 MiB.',
  unreadable: 'This cannot be read. Is it a folder? Drop the files that are in it.',
  broken: 'This archive is damaged, or packed in a way that is not read here.',
  tooMuch: 'This archive holds more than 64 MiB or 2,000 files. The command `hookmill import` reads whole folders.',
  nothing: 'There are no JSON files in this archive.',
  unreachable: 'The server does not answer. Drop the file once more.',
};

export const imports = {
  title: 'Import',
  lead: 'Blueprints of Make, workflows of n8n, Zaps of Zapier and flows of Node-RED become drafts. Nothing runs before you publish them.',
  drop: 'Drop files here, or choose them',
  kinds: 'JSON files as the other tool exports them, or a zip archive of such, one or many',
  choose: 'Choose files',
  address: 'Or its address: a JSON file, a page of GitHub or n8n.io',
  fetch: 'Fetch',
  moreFiles: 'More files',
  orPaste: 'Paste the text instead',
  pasted: 'The text that the other tool exported',
  read: 'Read it',
  reading: (read: number, all: number) => (all === 1 ? 'Reading…' : `Reading file ${read + 1} of ${all}…`),
  found: (number: number) => `${count(number, 'scenario', 'scenarios')} found`,
  scenarios: 'Scenarios that were found',
  unfit,
  states,
  counted: (state: string, number: number) => `${state}: ${number}`,
  modules: (number: number) => count(number, 'module', 'modules'),
  expressions: (translated: number, total: number) => `${translated} of ${count(total, 'expression', 'expressions')} translated`,
  isNow: 'is now the step',
  showMore: (number: number) => `Show ${number} more`,
  details: 'What becomes of it',
  asText: 'As text (YAML)',
  picture: 'Picture of the scenario',
  pictureOf: (steps: number) => `A scenario of ${count(steps, 'step', 'steps')}`,
  accounts: 'Which connections are meant?',
  usedBy: (steps: number) => `used by ${count(steps, 'step', 'steps')}`,
  useConnection: (name: string) => `Use ${name}`,
  newSandbox: (name: string, type: string) => `New: ${name} (${type}), a sandbox until it gets a credential`,
  later: 'Decide later',
  connectFor: (name: string) => `New connection for ${name}`,
  create: (number: number) => (number <= 1 ? 'Create the draft' : `Create ${number} drafts`),
  takeHere: 'Put it here',
  made: (number: number) => `${count(number, 'draft was', 'drafts were')} made. Open each, and publish it once it is as you want it:`,
  todo: 'Still to be done',
  todoLead: 'The import could not translate this step. Put a step in its place that does the same, or delete it; the scenario cannot be published before.',
  nextTodo: (left: number) => `Go to the next one (${left} more)`,
  was: 'It was',
  original: 'Original',
  replace: 'Replace by a module…',
};

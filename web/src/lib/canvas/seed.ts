// The text of a step or trigger that is new: as little as can stand, ready to be filled in. Pure.
import type { Module } from '../api/editing';

/** Flow steps and triggers, as one would begin to write them. */
const written: Record<string, string> = {
  respond: 'respond:\n  json: { ok: true }',
  set: 'set: {}',
  assign: 'assign: {}',
  filter: 'filter: "true"',
  route: 'route:\n  - when: "true"\n    steps: []\n  - otherwise: []',
  for_each: 'for_each:\n  in: "[1, 2, 3]"\n  steps: []',
  repeat: 'repeat:\n  times: 3\n  steps: []',
  parallel: 'parallel:\n  first: []\n  second: []',
  wait: 'wait: 1s',
  wait_for: 'wait_for:\n  title: Go on?',
  call: 'call:\n  scenario: ""',
  return: 'return: ""',
  stop: 'stop: Nothing more to do',
  fail: 'fail: Something is wrong',
  rhai: 'rhai: |\n  trigger',
};

/** Flow steps whose output is what they are for, so that they are given an id at once. */
const named: Record<string, string> = { set: 'data', rhai: 'script', for_each: 'each', call: 'called', wait_for: 'answer' };

export interface Context {
  /** Names that are taken already. */
  taken: ReadonlySet<string>;
  /** Gives a name that is not. */
  fresh: (wish: string, taken: ReadonlySet<string>) => string;
  /** Connections by name, with their types. */
  connections: readonly { name: string; type: string }[];
}

/** The text of a new step, from column 0. */
export function seedOf(module: Module, context: Context): string {
  const known = Object.hasOwn(written, module.name) ? written[module.name] : undefined;
  const wish = named[module.name];
  const id = wish === undefined ? '' : `id: ${context.fresh(wish, context.taken)}\n`;
  return id + (known ?? called(module, context));
}

/** The text of a new trigger. */
export function triggerSeed(name: string, path: string): string {
  switch (name) {
    case 'webhook':
      return `webhook:\n  path: ${path}`;
    case 'schedule':
      return 'schedule:\n  every: 1h';
    case 'poll':
      return 'poll:\n  every: 15m\n  feed: ""';
    case 'mail':
      return 'mail:\n  connection: \n  where:\n    subject: ';
    case 'mailhook':
      return `mailhook:\n  address: ${path}`;
    default:
      return `${name}:`;
  }
}

/** A module with those parameters that it must have, empty; a connection where only one fits. */
function called(module: Module, { taken, fresh, connections }: Context): string {
  const app = module.name.split('.')[0] ?? 'step';
  const lines = [`id: ${fresh(app, taken)}`];
  const parameters = requiredOf(module);
  const fitting = connections.filter(({ type }) => module.connections.includes(type));
  if (module.needs_connection) parameters.unshift(`connection: ${fitting.length >= 1 ? quoted(fitting[0]?.name ?? '') : '""'}`);
  if (parameters.length === 0) return [...lines, `${module.name}: {}`].join('\n');
  return [...lines, `${module.name}:`, ...parameters.map((line) => `  ${line}`)].join('\n');
}

function requiredOf(module: Module): string[] {
  const { required, properties } = module.parameters as { required?: string[]; properties?: Record<string, { type?: string | string[] }> };
  return (required ?? []).filter((name) => name !== 'connection').map((name) => `${name}: ${emptyOf(properties?.[name]?.type)}`);
}

function emptyOf(type: string | string[] | undefined): string {
  const one = Array.isArray(type) ? type[0] : type;
  if (one === 'array') return '[]';
  if (one === 'object') return '{}';
  return '""';
}

function quoted(name: string): string {
  return /^[a-zA-Z][\w-]*$/.test(name) ? name : JSON.stringify(name);
}

// The keys of the language: which are a step's own, in what order they are written, and what holds steps or expressions.

/** What a step may have beside its module. */
export const COMMON = new Set(['id', 'name', 'when', 'retry', 'on_error', 'timeout', 'after_crash', 'note', 'disabled']);

/** The modules that steer the flow. */
export const FLOW = new Set([
  'set', 'assign', 'filter', 'route', 'for_each', 'repeat', 'parallel', 'wait', 'wait_for', 'call', 'rhai', 'respond',
  'return', 'stop', 'fail', 'todo',
]);

export const TRIGGERS = new Set(['webhook', 'schedule', 'poll', 'mail', 'mailhook', 'manual', 'call', 'failure']);

const BEFORE = ['id', 'name', 'when'];
const BEHIND = ['retry', 'on_error', 'timeout', 'after_crash', 'note', 'disabled'];
const TOP = [
  'name', 'description', 'enabled', 'timezone', 'trigger', 'limits', 'keep', 'alarms', 'steps', 'on_failure', 'tests',
];

/** Where a key of a step stands among the others: its module between what comes before and behind it. */
export function rankInStep(key: string): number {
  const before = BEFORE.indexOf(key);
  if (before >= 0) return before;
  const behind = BEHIND.indexOf(key);
  return behind < 0 ? BEFORE.length : BEFORE.length + 1 + behind;
}

export function rankOnTop(key: string): number {
  const rank = TOP.indexOf(key);
  return rank < 0 ? TOP.length : rank;
}

/** Names that no step may have as its id. */
export const RESERVED = new Set([
  'trigger', 'item', 'index', 'vars', 'secrets', 'env', 'run', 'error', 'resume', 'this', 'true', 'false', 'let', 'const',
  'if', 'else', 'switch', 'while', 'loop', 'do', 'until', 'for', 'in', 'fn', 'return', 'break', 'continue', 'throw', 'try',
  'catch', 'private', 'import', 'export', 'as', 'global', 'is', 'var', 'static', 'shared', 'goto', 'exit', 'match', 'case',
  'public', 'protected', 'new', 'use', 'with', 'module', 'package', 'super', 'thread', 'spawn', 'go', 'await', 'async',
  'sync', 'yield', 'default', 'void', 'null', 'nil', 'print', 'debug', 'eval', 'call', 'curry', 'type_of', 'is_def_var',
  'is_def_fn', 'is_shared', 'Fn',
]);

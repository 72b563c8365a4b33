// Conditions in words: rows of a value, an operator and another value, all or any of which must hold. What rows cannot
// say is left as the expression that it is.
import { textLiteral, type Token, tokens } from './expression';

export type Operator =
  | '==' | '!=' | '<' | '<=' | '>' | '>='
  | 'contains' | 'not_contains' | 'starts_with' | 'not_starts_with' | 'ends_with' | 'not_ends_with' | 'matches' | 'not_matches'
  | 'is_empty' | 'is_not_empty' | 'is_true' | 'is_false' | 'exists' | 'does_not_exist';

/** What a value is compared with. An expression is kept as written. */
export interface Operand {
  kind: 'text' | 'number' | 'boolean' | 'expression';
  value: string;
}

export interface Row {
  /** An expression. */
  left: string;
  operator: Operator;
  /** None for an operator of one value. */
  right: Operand | null;
}

export interface Conditions {
  join: 'all' | 'any';
  rows: Row[];
}

const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>=']);
const METHODS = new Set(['contains', 'starts_with', 'ends_with', 'matches']);

export function isUnary(operator: Operator): boolean {
  return operator.startsWith('is_') || operator.endsWith('exist') || operator.endsWith('exists');
}

/** The rows of an expression; none where it cannot be shown in rows. */
export function toRows(expression: string): Conditions | null {
  const bare = expression.trim().replace(/^\{\{([^]*)\}\}$/, '$1').trim();
  if (bare === '') return { join: 'all', rows: [] };
  const words = tokens(bare);
  if (words.some(({ kind, source }) => kind === 'wrong' || source === ';' || /^\s*\/[/*]/.test(kind === 'space' ? source : ''))) return null;
  const all = parted(words, '&&');
  const any = parted(words, '||');
  if (!all || !any || (all.length > 1 && any.length > 1)) return null;
  const join = any.length > 1 ? 'any' : 'all';
  const rows = (join === 'any' ? any : all).map(toRow);
  return rows.every((row) => row !== null) ? { join, rows } : null;
}

export function toExpression({ join, rows }: Conditions): string {
  return rows.map(written).join(join === 'all' ? ' && ' : ' || ');
}

/** Parts between a sign that stands in no brackets; none where brackets do not match. */
function parted(words: readonly Token[], sign: string): Token[][] | null {
  const parts: Token[][] = [[]];
  let depth = 0;
  let bars = 0;
  for (const word of words) {
    if (word.source === '|') bars += 1;
    if (/[([{]$/.test(word.source) && word.kind === 'sign') depth += 1;
    if (/^[)\]}]$/.test(word.source)) depth -= 1;
    if (depth < 0) return null;
    if (word.source === sign && depth === 0) {
      if (bars > 0) return null;
      parts.push([]);
    } else parts.at(-1)!.push(word);
  }
  return depth === 0 ? parts : null;
}

const sourceOf = (words: readonly Token[]) => words.map(({ source }) => source).join('').trim();

function trimmed(words: readonly Token[]): Token[] {
  const is = ({ kind }: Token) => kind !== 'space';
  const start = words.findIndex(is);
  return start < 0 ? [] : words.slice(start, words.findLastIndex(is) + 1);
}

function toRow(part: readonly Token[]): Row | null {
  const words = trimmed(part);
  if (words.length === 0) return null;
  const [first] = words;
  const negated = first!.source === '!';
  const rest = negated ? trimmed(words.slice(1)) : words;
  const compared = comparison(words);
  if (compared !== undefined) return negated ? null : compared;
  const called = call(rest, negated);
  if (called) return called;
  // A group of conditions is more than a row says.
  if (!isOperand(rest) || rest[0]!.source === '(') return null;
  return { left: sourceOf(rest), operator: negated ? 'is_false' : 'is_true', right: null };
}

/** A comparison; none where it cannot be shown; `undefined` where there is none. */
function comparison(words: readonly Token[]): Row | null | undefined {
  let depth = 0;
  const found: number[] = [];
  words.forEach(({ kind, source }, index) => {
    if (kind !== 'sign') return;
    if (/[([{]$/.test(source)) depth += 1;
    else if (/^[)\]}]$/.test(source)) depth -= 1;
    else if (depth === 0 && COMPARISONS.has(source)) found.push(index);
  });
  if (found.length === 0) return undefined;
  const [at] = found;
  const [left, right] = [trimmed(words.slice(0, at)), trimmed(words.slice(at! + 1))];
  if (found.length > 1 || !isOperand(left) || !isOperand(right)) return null;
  const operator = words[at!]!.source as Operator;
  const nothing = right.length === 1 && (right[0]!.source === '()' || right[0]!.source === 'null');
  if (nothing && operator === '!=') return { left: sourceOf(left), operator: 'exists', right: null };
  if (nothing && operator === '==') return { left: sourceOf(left), operator: 'does_not_exist', right: null };
  return { left: sourceOf(left), operator, right: operandOf(right) };
}

/** `x.contains(y)` and its like. */
function call(words: readonly Token[], negated: boolean): Row | null {
  const name = words.findLastIndex(({ kind, source }, index) => kind === 'name' && (METHODS.has(source) || source === 'is_empty') && words[index - 1]?.source === '.');
  if (name < 0) return null;
  const { source } = words[name]!;
  const left = words.slice(0, name - 1);
  const argument = words.slice(name + 1);
  if (!isOperand(left)) return null;
  if (source === 'is_empty') {
    return sourceOf(argument) === '()' ? { left: sourceOf(left), operator: negated ? 'is_not_empty' : 'is_empty', right: null } : null;
  }
  if (argument[0]?.source !== '(' || argument.at(-1)?.source !== ')') return null;
  const inner = trimmed(argument.slice(1, -1));
  const alone = parted(inner, ',');
  if (!alone || alone.length !== 1 || !isOperand(inner)) return null;
  return { left: sourceOf(left), operator: (negated ? `not_${source}` : source) as Operator, right: operandOf(inner) };
}

/** Whether words may stand beside an operator as they are: nothing in them binds more loosely than it. */
function isOperand(words: readonly Token[]): boolean {
  if (words.length === 0) return false;
  let depth = 0;
  for (const [index, { kind, source }] of words.entries()) {
    if (kind === 'sign' && /[([{]$/.test(source)) depth += 1;
    if (/^[)\]}]$/.test(source)) depth -= 1;
    if (depth < 0) return false;
    if (depth > 0 && index > 0) continue;
    if (kind === 'space' && /\S/.test(source)) return false;
    if (kind === 'name' && /^(if|else|switch|let|return|throw|while|for|in|loop|do|fn|const)$/.test(source)) return false;
    if (kind === 'sign' && !/^(\.|\?\.|\?\?|\?\[|[-+*/%()[\]{]|#\{|\}|\(\))$/.test(source)) return false;
  }
  return depth === 0;
}

function operandOf(words: readonly Token[]): Operand {
  const source = sourceOf(words);
  const [only] = words;
  if (words.length === 1 && only!.kind === 'text' && only!.text !== undefined) return { kind: 'text', value: only!.text };
  if (words.length === 1 && /^(true|false)$/.test(source)) return { kind: 'boolean', value: source };
  if (/^-?[0-9][0-9_]*(\.[0-9]+)?$/.test(source)) return { kind: 'number', value: source };
  return { kind: 'expression', value: source };
}

function written({ left, operator, right }: Row): string {
  const value = left.trim();
  const subject = isSimple(value) ? value : `(${value})`;
  switch (operator) {
    case 'is_true':
      return value;
    case 'is_false':
      return `!${subject}`;
    case 'exists':
      return `${value} != ()`;
    case 'does_not_exist':
      return `${value} == ()`;
    case 'is_empty':
      return `${subject}.is_empty()`;
    case 'is_not_empty':
      return `!${subject}.is_empty()`;
    default: {
      const other = right ? operand(right) : "''";
      if (COMPARISONS.has(operator)) return `${value} ${operator} ${other}`;
      const method = operator.replace(/^not_/, '');
      return `${operator.startsWith('not_') ? '!' : ''}${subject}.${method}(${other})`;
    }
  }
}

function operand({ kind, value }: Operand): string {
  switch (kind) {
    case 'text':
      return textLiteral(value);
    case 'number':
      return /^-?[0-9][0-9_]*(\.[0-9]+)?$/.test(value.trim()) ? value.trim() : textLiteral(value);
    case 'boolean':
      return value === 'true' ? 'true' : 'false';
    default:
      return value.trim() === '' ? "''" : value.trim();
  }
}

/** Whether a method may be asked of an expression without brackets around it. */
function isSimple(expression: string): boolean {
  const words = tokens(expression);
  let depth = 0;
  return words.every(({ kind, source }) => {
    if (kind === 'sign' && /[([{]$/.test(source)) depth += 1;
    if (/^[)\]}]$/.test(source)) depth -= 1;
    return depth > 0 || (kind !== 'space' && !(kind === 'sign' && /^([-+*/%]|\?\?)$/.test(source)));
  });
}

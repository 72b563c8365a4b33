// Expressions, read as far as the editor needs: their words, and which of them name a step or another value in scope.
// The engine alone says whether an expression is right.

export interface Token {
  kind: 'name' | 'number' | 'text' | 'sign' | 'space' | 'wrong';
  from: number;
  to: number;
  source: string;
  /** What a text says; of one with `${…}` in it, nothing. */
  text?: string;
  /** Expressions within a text in backticks. */
  inner?: { from: number; source: string }[];
}

const SIGNS = ['..=', '??=', '?.', '?[', '??', '..', '==', '!=', '<=', '>=', '&&', '||', '=>', '->', '::', '#{', '+=', '-=', '*=', '/=', '**', '<<', '>>', '()'];
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /0x[0-9a-f_]+|0b[01_]+|0o[0-7_]+|[0-9][0-9_]*(\.[0-9][0-9_]*)?(e[-+]?[0-9]+)?/iy;
const SPACE = /(\s|\/\/[^\n]*|\/\*[^]*?\*\/)+/uy;

export function tokens(source: string): Token[] {
  const result: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const token = tokenAt(source, at);
    result.push(token);
    at = token.to;
  }
  return result;
}

function tokenAt(source: string, from: number): Token {
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = from;
    return pattern.exec(source)?.[0];
  };
  const token = (kind: Token['kind'], length: number): Token => ({ kind, from, to: from + length, source: source.slice(from, from + length) });
  const space = match(SPACE);
  if (space) return token('space', space.length);
  const name = match(NAME);
  if (name) return token('name', name.length);
  const number = match(NUMBER);
  if (number) return token('number', number.length);
  const sign = source[from]!;
  if (sign === '"' || sign === "'") return quotedAt(source, from, sign);
  if (sign === '`') return templateAt(source, from);
  const long = SIGNS.find((sign) => source.startsWith(sign, from));
  return token(/[-+*/%=!<>&|^~.,;:?()[\]{}#@$]/.test(sign) ? 'sign' : 'wrong', long?.length ?? 1);
}

const ESCAPES: Record<string, string> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

function quotedAt(source: string, from: number, quote: string): Token {
  let text = '';
  let at = from + 1;
  for (; at < source.length && source[at] !== quote; at += 1) {
    if (source[at] !== '\\') {
      text += source[at];
      continue;
    }
    at += 1;
    const code = /^(?:x([0-9a-f]{2})|u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|U([0-9a-f]{8}))/i.exec(source.slice(at, at + 10));
    if (code) {
      const point = parseInt(code.slice(1).find(Boolean)!, 16);
      text += point <= 0x10ffff ? String.fromCodePoint(point) : '';
      at += code[0].length - 1;
    } else text += ESCAPES[source[at] ?? ''] ?? source[at] ?? '';
  }
  const ended = at < source.length;
  const to = ended ? at + 1 : source.length;
  return { kind: ended ? 'text' : 'wrong', from, to, source: source.slice(from, to), text };
}

function templateAt(source: string, from: number): Token {
  const inner: { from: number; source: string }[] = [];
  let at = from + 1;
  while (at < source.length && source[at] !== '`') {
    if (!source.startsWith('${', at)) {
      at += 1;
      continue;
    }
    const end = endOfBraces(source, at + 2);
    inner.push({ from: at + 2, source: source.slice(at + 2, end) });
    at = end + 1;
  }
  const ended = at < source.length;
  const to = Math.min(at + 1, source.length);
  const text = inner.length === 0 ? { text: source.slice(from + 1, at) } : {};
  return { kind: ended ? 'text' : 'wrong', from, to, source: source.slice(from, to), inner, ...text };
}

/** Where the brace stands that ends what begins here; the end where none does. */
export function endOfBraces(source: string, from: number): number {
  let open = 0;
  for (let at = from; at < source.length; ) {
    const token = tokenAt(source, at);
    if (token.source.endsWith('{')) open += 1;
    if (token.source === '}') {
      if (open === 0) return at;
      open -= 1;
    }
    at = token.to;
  }
  return source.length;
}

/** A name in scope that an expression reads, and the properties that it is asked for. */
export interface Reference {
  name: string;
  from: number;
  to: number;
  /** `order.lines[0].price` has `lines`, `0` and `price`. */
  path: string[];
  /** Where the path ends. */
  end: number;
}

const WORDS = new Set([
  'if', 'else', 'switch', 'while', 'loop', 'do', 'until', 'for', 'in', 'let', 'const', 'fn', 'return', 'break', 'continue',
  'throw', 'try', 'catch', 'true', 'false', 'null', 'this', 'private', 'as', 'is', 'not',
]);

/** The names that an expression or script reads and does not make itself, in order. */
export function references(expression: string): Reference[] {
  const words = tokens(expression).filter(({ kind }) => kind !== 'space');
  const found: Reference[] = [];
  // What is open, and the names that were made within it.
  const open: { closes: string; names: Set<string>; map: boolean; bars: boolean }[] = [{ closes: '', names: new Set(), map: false, bars: false }];
  const isOwn = (name: string) => open.some(({ names }) => names.has(name));
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]!;
    const before = words[at - 1]?.source ?? '';
    const after = words[at + 1]?.source ?? '';
    for (const { from, source } of word.inner ?? []) found.push(...references(source).filter(({ name }) => !isOwn(name)).map((reference) => moved(reference, from)));
    if (word.kind === 'sign') {
      at = sign(words, at, open);
      continue;
    }
    if (word.kind !== 'name' || before === '.' || before === '?.' || before === '::' || after === '::') continue;
    if (before === 'let' || before === 'const' || before === 'for') {
      open.at(-1)!.names.add(word.source);
      continue;
    }
    if (WORDS.has(word.source) || isOwn(word.source) || after === '(' || after === '()') continue;
    if (open.at(-1)!.map && after === ':' && (before === '#{' || before === ',')) continue;
    found.push(withPath(words, at));
  }
  return found;
}

function moved(reference: Reference, by: number): Reference {
  return { ...reference, from: reference.from + by, to: reference.to + by, end: reference.end + by };
}

type Open = { closes: string; names: Set<string>; map: boolean; bars: boolean };
const CLOSES: Record<string, string> = { '(': ')', '[': ']', '?[': ']', '{': '}', '#{': '}' };

/** Goes over a sign, and over the names between the bars of a closure. Gives where it came to. */
function sign(words: readonly Token[], at: number, open: Open[]): number {
  const { source } = words[at]!;
  const closes = CLOSES[source];
  if (closes) open.push({ closes, names: new Set(), map: source === '#{', bars: false });
  // A closure without braces ends with the argument that it is.
  while (open.length > 1 && open.at(-1)!.bars && (source === ',' || source === ';' || /^[)\]}]$/.test(source))) open.pop();
  if (open.length > 1 && open.at(-1)!.closes === source) open.pop();
  if (source === '||' && begins(words[at - 1])) return at;
  if (source !== '|' || !begins(words[at - 1])) return at;
  const names = new Set<string>();
  let end = at + 1;
  for (; end < words.length && words[end]!.source !== '|'; end += 1) {
    if (words[end]!.kind === 'name') names.add(words[end]!.source);
    else if (words[end]!.source !== ',') return at;
  }
  if (end === words.length) return at;
  open.push({ closes: '', names, map: false, bars: true });
  return end;
}

/** Whether a value may begin behind a word, so that a bar there begins a closure. */
function begins(before: Token | undefined): boolean {
  if (!before) return true;
  if (before.kind === 'name') return WORDS.has(before.source) && before.source !== 'true' && before.source !== 'false';
  return before.kind === 'sign' && !/^(\)|\]|\}|\(\))$/.test(before.source);
}

function withPath(words: readonly Token[], at: number): Reference {
  const name = words[at]!;
  const path: string[] = [];
  let end = name.to;
  for (let next = at + 1; next < words.length; ) {
    const [first, second, third] = [words[next]!, words[next + 1], words[next + 2]];
    if ((first.source === '.' || first.source === '?.') && second?.kind === 'name' && third?.source !== '(' && third?.source !== '()') {
      path.push(second.source);
      end = second.to;
      next += 2;
    } else if ((first.source === '[' || first.source === '?[') && third?.source === ']' && (second?.text !== undefined || second?.kind === 'number')) {
      path.push(second.text ?? second.source);
      end = third.to;
      next += 3;
    } else break;
  }
  return { name: name.source, from: name.from, to: name.to, path, end };
}

/** The expression with one name in scope written otherwise. */
export function renamed(expression: string, from: string, to: string): string {
  let result = '';
  let at = 0;
  for (const reference of references(expression)) {
    if (reference.name !== from || reference.from < at) continue;
    result += expression.slice(at, reference.from) + to;
    at = reference.to;
  }
  return result + expression.slice(at);
}

/** How a property is asked for. */
export function access(key: string | number): string {
  if (typeof key === 'number') return `[${key}]`;
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) ? `.${key}` : `[${textLiteral(key)}]`;
}

/** A text as an expression writes it: in single quotes, which stand well within YAML's double ones. */
export function textLiteral(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  return `'${escaped}'`;
}

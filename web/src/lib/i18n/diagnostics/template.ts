// Sentences with holes: one language's words are recognised, and what stood in the holes is put into another's. Pure.

/** The engine's sentence, then the same in 繁體中文 and in 简体中文. */
export type Sentence = [english: string, traditional: string, simplified: string];

/** Sentences by code. */
export type Sentences = Record<string, Sentence[]>;

/** Which of a sentence's translations. */
export type Column = 1 | 2;

/** What a hole takes: any text without a backtick; names in a row; a part of a sentence; or a detail, translated where it is known. */
type Kind = 'text' | 'list' | 'term' | 'detail';

interface Hole {
  name: string;
  kind: Kind;
}

interface Pattern {
  expression: RegExp;
  holes: Hole[];
}

/** Translates what stands in a hole of the kinds `term` and `detail`. */
export type Part = (text: string) => string | undefined;

const hole = /\{(\w+)(?::(list|term|detail))?\}/g;
const row = /^`[^`]*`(?:, `[^`]*`)*(?:,? (?:or|and) `[^`]*`)*$/;
const patterns = new Map<string, Pattern>();

/** The sentence in the other language, if this is it; and if all of its parts can be told there. */
export function told([english, ...others]: Sentence, said: string, column: Column, part: Part): string | undefined {
  const { expression, holes } = pattern(english);
  const found = expression.exec(said);
  if (!found) return undefined;
  const values = new Map<string, string>();
  for (const [index, { name, kind }] of holes.entries()) {
    const value = filled(kind, found[index + 1] ?? '', column, part);
    if (value === undefined) return undefined;
    values.set(name, value);
  }
  const translation = others[column - 1] ?? english;
  return spaced(translation.replace(hole, (whole, name: string) => values.get(name) ?? whole));
}

function pattern(english: string): Pattern {
  const known = patterns.get(english);
  if (known) return known;
  const holes: Hole[] = [];
  let expression = '';
  let end = 0;
  for (const found of english.matchAll(hole)) {
    const kind = (found[2] ?? 'text') as Kind;
    holes.push({ name: found[1] ?? '', kind });
    expression += literal(english.slice(end, found.index)) + (kind === 'text' ? '([^`]*?)' : '([^]+?)');
    end = found.index + found[0].length;
  }
  const made = { expression: new RegExp(`^${expression}${literal(english.slice(end))}$`, 'u'), holes };
  patterns.set(english, made);
  return made;
}

function literal(text: string): string {
  return text.replace(/[$()*+.?[\\\]^{|}/-]/g, (sign) => (sign === '-' ? '-' : `\\${sign}`));
}

function filled(kind: Kind, text: string, column: Column, part: Part): string | undefined {
  if (kind === 'text') return text;
  if (kind === 'list') return row.test(text) ? listed(text, column) : undefined;
  const translated = part(text);
  if (translated !== undefined) return translated;
  const plain = /^(`[^`]*`|[-+.\w]+)$/.test(text);
  return plain || kind === 'detail' ? text : undefined;
}

/** Names in a row, joined as in Chinese. */
function listed(text: string, column: Column): string {
  const names = text.match(/`[^`]*`/g) ?? [];
  const last = names.at(-1) ?? '';
  if (names.length < 2) return last;
  const and = column === 1 ? '與' : '与';
  return `${names.slice(0, -1).join('、')} ${/ and `/.test(text) ? and : '或'} ${last}`;
}

/** With a half-width space where Latin letters, numbers or code meet Chinese. */
export function spaced(text: string): string {
  const parts = text.split(/(`[^`]*`)/);
  const words = (part: string) => part.replace(/(\p{Script=Han})(?=[A-Za-z0-9])|([A-Za-z0-9.])(?=\p{Script=Han})/gu, '$& ');
  return parts
    .map((part, index) => (index % 2 === 1 ? part : words(part)))
    .reduce((before, part, index) => {
      const meet = index % 2 === 1 ? /\p{Script=Han}$/u.test(before) : before.endsWith('`') && /^\p{Script=Han}/u.test(part);
      return meet ? `${before} ${part}` : before + part;
    }, '');
}

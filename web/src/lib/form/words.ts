// How parameters are called, and what is said about them, where there are words for it. Pure.
import type { Path } from '../model/doc';
import type { Schema } from './kind';

const whole: Record<string, string> = {
  id: 'ID',
  url: 'URL',
  json: 'JSON',
  html: 'HTML',
  xml: 'XML',
  cc: 'CC',
  bcc: 'BCC',
  cors: 'CORS',
  svid: 'SVID',
  thread_ts: 'Thread',
  ttl: 'Time to live',
  if: 'Only if',
  as: 'As',
};

/** A parameter's name as people write names. */
export function humanized(name: string): string {
  const known = whole[name];
  if (known) return known;
  const words = name.replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

export interface Words {
  title: string;
  description: string;
}

/** Words by place: `batch.size` for a parameter within one, `verify.*.secret` for one of several, `as=text` for a choice. */
export type Vocabulary = Partial<Record<string, Partial<Words>>>;

/** The names on the way from one path to another below it; positions in lists are no names. */
export function trailOf(path: Path, from: Path): string[] {
  return path.slice(from.length).filter((part) => typeof part === 'string');
}

export function wordsFor(trail: string[], schema: Schema, known: Vocabulary): Words {
  const said = find(trail, '', known);
  return { title: said?.title ?? humanized(trail.at(-1) ?? ''), description: plain(said?.description ?? schema.description ?? '') };
}

/** What is said of one of the values that can be chosen at a place; nothing where it speaks for itself. */
export function choiceFor(trail: string[], value: string | number | boolean, known: Vocabulary): Partial<Words> | undefined {
  return find(trail, `=${value}`, known);
}

function find(trail: string[], end: string, known: Vocabulary): Partial<Words> | undefined {
  const any = trail.map((name, index) => (index === 1 ? '*' : name));
  return known[trail.join('.') + end] ?? (trail.length > 2 ? known[any.join('.') + end] : undefined);
}

/** Text without the marks of Markdown, its lines joined. */
export function plain(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/`/g, '')
    .replace(/([^\n])\n(?=[^\n])/g, '$1 ')
    .trim();
}

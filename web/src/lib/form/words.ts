// How parameters are called, and what is said about them, in the language in use where the module has words for it. Pure.
import type { Module } from '../api/editing';
import type { Language } from '../i18n';
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

export function wordsFor(name: string, schema: Schema, module: Module | undefined, language: Language): Words {
  const known = module?.i18n?.[language]?.parameters?.[name];
  return { title: known?.title ?? humanized(name), description: plain(known?.description ?? schema.description ?? '') };
}

/** Text without the marks of Markdown, its lines joined. */
export function plain(text: string): string {
  return text
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1')
    .replace(/`/g, '')
    .replace(/([^\n])\n(?=[^\n])/g, '$1 ')
    .trim();
}

// What a connection's form holds, and what of it is sent: a secret left empty keeps the one that is stored. Pure.
import type { Connection, ConnectionField, ConnectionType } from '../api/connections';

export type Values = Record<string, string>;

export type Fault = 'needed' | 'notJson';

/** The words of a type and its fields in a language, where they are told in it. */
export function titled(type: ConnectionType, language: string): { title: string; field: (field: ConnectionField) => { title: string; description: string } } {
  const words = type.i18n?.[language];
  return {
    title: words?.title ?? type.title,
    field: ({ name, description }) => ({
      title: words?.fields?.[name]?.title ?? name.replaceAll('_', ' '),
      description: words?.fields?.[name]?.description ?? description ?? '',
    }),
  };
}

/** What stands in the form at first. */
export function shown(type: ConnectionType, connection?: Connection): Values {
  return Object.fromEntries(type.fields.map((field) => [field.name, written(field, connection?.fields[field.name])]));
}

function written(field: ConnectionField, value: unknown): string {
  if (field.kind === 'secret' || value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What is wrong with what was filled in, by the name of the field. */
export function faults(type: ConnectionType, values: Values, connection?: Connection): Record<string, Fault> {
  const found: Record<string, Fault> = {};
  for (const { name, kind, required } of type.fields) {
    const value = values[name]?.trim() ?? '';
    const kept = kind === 'secret' && connection !== undefined;
    if (value === '' && required && !kept) found[name] = 'needed';
    if (value !== '' && (kind === 'json' || kind === 'number') && parsed(value) === undefined) found[name] = 'notJson';
  }
  return found;
}

/** What is sent. */
export function filled(type: ConnectionType, values: Values): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  for (const { name, kind } of type.fields) {
    const value = kind === 'secret' ? (values[name] ?? '') : (values[name]?.trim() ?? '');
    if (value === '') continue;
    sent[name] = kind === 'json' || kind === 'number' ? parsed(value) : value;
  }
  return sent;
}

/** Whether scenarios can refer to it by this name. */
export function isName(name: string): boolean {
  return /^[A-Za-z][\w-]{0,63}$/.test(name);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

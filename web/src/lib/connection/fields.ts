// What a connection's form holds, and what of it is sent: a secret left empty keeps the one that is stored. Pure.
import type { Connection, ConnectionField, ConnectionType } from '../api/connections';

export type Values = Record<string, string>;

export type Fault = 'needed' | 'notJson';

/** What a field is called and for. */
export function told(field: ConnectionField, language: string): { title: string; description: string } {
  const words = field.i18n?.[language];
  return {
    title: words?.title ?? field.title ?? field.name.replaceAll('_', ' '),
    description: words?.description ?? field.description ?? '',
  };
}

/** The fields of the form; whether it is a sandbox is asked apart, the same for every type. */
export function asked(type: ConnectionType): ConnectionField[] {
  return type.fields.filter(({ name }) => name !== 'sandbox');
}

/** Settings that few need: they are shown when they are asked for. */
const rare = new Set(['allow', 'ca', 'client', 'endpoint', 'extra', 'rate', 'refresh_token', 'scopes', 'session_token']);

/** Whether few need it. */
export function isRare({ name, required }: ConnectionField): boolean {
  return !required && rare.has(name);
}

/** What stands in the form at first. */
export function shown(type: ConnectionType, connection?: Connection): Values {
  return Object.fromEntries(asked(type).map((field) => [field.name, written(field, connection?.fields[field.name])]));
}

function written(field: ConnectionField, value: unknown): string {
  if (isHidden(field) || value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether it is written and never read back. */
export function isHidden({ kind }: ConnectionField): boolean {
  return kind === 'secret' || kind === 'json';
}

/** What is wrong with what was filled in, by the name of the field. */
export function faults(type: ConnectionType, values: Values, connection?: Connection): Record<string, Fault> {
  const found: Record<string, Fault> = {};
  for (const field of asked(type)) {
    const { name, kind, required } = field;
    const value = values[name]?.trim() ?? '';
    const kept = isHidden(field) && connection !== undefined;
    if (value === '' && required && !kept) found[name] = 'needed';
    if (value !== '' && (kind === 'json' || kind === 'number') && parsed(value) === undefined) found[name] = 'notJson';
  }
  return found;
}

/** What is sent. */
export function filled(type: ConnectionType, values: Values): Record<string, unknown> {
  const sent: Record<string, unknown> = {};
  for (const { name, kind } of asked(type)) {
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

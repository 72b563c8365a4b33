// The types of connections: what they are called, and which fit what somebody looks for. Pure.
import type { ConnectionType } from '../api/connections';

/** What a type is called in a language, where it is told in it. */
export function titled(type: ConnectionType, language: string): string {
  return type.i18n?.[language]?.title ?? type.title;
}

/** Those in which every word stands, in whichever language; what begins with them comes first. */
export function fitting(types: readonly ConnectionType[], text: string, language: string): ConnectionType[] {
  const words = text.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const order = new Intl.Collator(language).compare;
  const isAhead = (type: ConnectionType) => words.length > 0 && names(type).some((name) => name.startsWith(words[0] ?? ''));
  return types
    .filter((type) => words.every((word) => names(type).some((name) => name.includes(word))))
    .toSorted((one, other) => Number(isAhead(other)) - Number(isAhead(one)) || order(titled(one, language), titled(other, language)));
}

/** Whether a person allows it at the provider, where it has a client there. */
export function hasClient(type: ConnectionType): boolean {
  return type.fields.some(({ name }) => name === 'client_id');
}

function names(type: ConnectionType): string[] {
  const others = Object.values(type.i18n ?? {}).map(({ title }) => title ?? '');
  return [type.title, type.type, ...others].map((name) => name.toLowerCase());
}

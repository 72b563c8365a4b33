// Values as YAML: in lines, or within braces. Only for what is new; what stands in a text stays as it was written.
import { blockText, isBlockText, quoted, scalar } from './scalar';

/** A value in lines, to stand behind a colon: what comes on the same line, and the lines below, from column 0. */
export interface Written {
  inline: string;
  lines: string[];
}

export function isCollection(value: unknown): value is unknown[] | Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** A value on one line. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (!isCollection(value)) return scalar(value, 'flow');
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  if (entries.length === 0) return '{}';
  return `{ ${entries.map(([key, entry]) => `${quoted(key, 'flow')}: ${flow(entry)}`).join(', ')} }`;
}

/** A value as lines from column 0. */
export function block(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap(item);
  if (!Array.isArray(value) && isCollection(value)) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    if (entries.length > 0) return entries.flatMap(([key, entry]) => joined(`${quoted(key, 'block')}:`, behind(entry)));
  }
  const { inline, lines } = behind(value);
  return [inline, ...lines];
}

/** A value behind a colon. Its lines stand two columns deeper than the key. */
export function behind(value: unknown): Written {
  if (isBlockText(value)) {
    const { header, lines } = blockText(value);
    return { inline: header, lines: indented(lines, 2) };
  }
  if (!isCollection(value)) return { inline: scalar(value, 'block'), lines: [] };
  const empty = Object.values(value).filter((entry) => entry !== undefined).length === 0;
  return empty ? { inline: flow(value), lines: [] } : { inline: '', lines: indented(block(value), 2) };
}

function item(value: unknown): string[] {
  if (isCollection(value) && Object.keys(value).length > 0) {
    const [first, ...rest] = block(value);
    return [`- ${first}`, ...indented(rest, 2)];
  }
  return joined('-', behind(value));
}

/** Something and what stands behind it. */
export function joined(head: string, { inline, lines }: Written): string[] {
  return [inline === '' ? head : `${head} ${inline}`, ...lines];
}

/** Lines moved to the right. Empty lines stay empty. */
export function indented(lines: readonly string[], columns: number): string[] {
  const space = ' '.repeat(columns);
  return lines.map((line) => (line === '' ? line : space + line));
}

/** Lines moved to the left, as far as their own space allows. */
export function outdented(lines: readonly string[], columns: number): string[] {
  return lines.map((line) => line.slice(Math.min(columns, line.length - line.trimStart().length)));
}

// How texts and numbers are written in YAML: plain where that reads back as the same text everywhere, else quoted.

/** What YAML readers, old ones too, take for something other than text. */
const WORDS = /^(~|null|true|false|yes|no|on|off|y|n|\.nan|[-+]?\.inf)$/i;
const NUMBER = /^[-+]?(0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|[0-9][0-9_]*(:[0-9_.]+)*|(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)(e[-+]?[0-9]+)?)$/i;
/** Signs that mean something to YAML where a text begins. */
const STARTS = /^[-?:,[\]{}#&*!|>'"%@`=<]/;
const HIDDEN = /[\u0000-\u001f\u007f-\u00a0\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const FLOW = /[,[\]{}]/;

export type Quote = 'plain' | 'single' | 'double';
export type Where = 'block' | 'flow';

function isPlain(text: string, where: Where): boolean {
  if (text === '' || text !== text.trim() || HIDDEN.test(text) || STARTS.test(text)) return false;
  if (WORDS.test(text) || NUMBER.test(text) || text.startsWith('---') || text.startsWith('...')) return false;
  if (/:(\s|$)/.test(text) || /\s#/.test(text) || text.includes('{{')) return false;
  return where === 'block' || !(FLOW.test(text) || text.includes(':'));
}

/** A text on one line. What it was quoted with before is kept where it can be. */
export function quoted(text: string, where: Where, kept?: Quote): string {
  if (kept !== 'single' && kept !== 'double' && isPlain(text, where)) return text;
  if (HIDDEN.test(text)) return doubled(text);
  const single = kept === 'single' || (kept !== 'double' && /["\\]/.test(text));
  return single ? `'${text.replaceAll("'", "''")}'` : doubled(text);
}

function doubled(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
  const hidden = new RegExp(HIDDEN, 'g');
  return `"${escaped.replace(hidden, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}

/** A value other than a map or a list, on one line. */
export function scalar(value: unknown, where: Where, kept?: Quote): string {
  switch (typeof value) {
    case 'string':
      return quoted(value, where, kept);
    case 'number':
      return Number.isNaN(value) ? '.nan' : Number.isFinite(value) ? String(value) : value > 0 ? '.inf' : '-.inf';
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return 'null';
  }
}

/** Whether a text is best read as a block of lines, and comes back from one as it was. */
export function isBlockText(value: unknown): value is string {
  if (typeof value !== 'string' || !value.includes('\n')) return false;
  const lines = value.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0 || lines[0] === '' || lines.at(-1) === '') return false;
  return lines.every((line) => (line === '' || line.trim() !== '') && !HIDDEN.test(line.replaceAll('\t', ' ')) && !line.startsWith('\t'));
}

/** The header and the lines of a block text, which stand deeper than their key by two. */
export function blockText(text: string): { header: string; lines: string[] } {
  const ends = text.endsWith('\n');
  const lines = (ends ? text.slice(0, -1) : text).split('\n');
  return { header: `|${lines[0]!.startsWith(' ') ? '2' : ''}${ends ? '' : '-'}`, lines };
}

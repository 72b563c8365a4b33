// In which ways a value can be looked at: as a table where it is one, as a picture where it holds one. Pure.

export type View = 'tree' | 'table' | 'json' | 'raw' | 'picture';

export interface Table {
  columns: string[];
  rows: unknown[][];
}

/** A picture that a value carries. */
export interface Picture {
  name: string;
  address: string;
}

const mostColumns = 40;
/** Pictures beyond so many characters of base64 are left to the raw view. */
const mostOfPicture = 8_000_000;
const pictureTypes = /^image\/(png|jpeg|gif|webp|avif|bmp|svg\+xml|x-icon)$/;

/** The views that show anything of a value, the likeliest first. */
export function viewsOf(value: unknown): View[] {
  const isTree = typeof value === 'object' && value !== null;
  const ways: View[] = [];
  if (picturesOf(value).length > 0) ways.push('picture');
  if (isTree) ways.push('tree');
  if (tableOf(value)) ways.push('table');
  return [...ways, 'json', 'raw'];
}

/** A list of objects as rows, or one object as names and values; nothing else is a table. */
export function tableOf(value: unknown): Table | undefined {
  if (isRecord(value)) {
    const rows = Object.entries(value);
    return rows.length > 0 ? { columns: [], rows } : undefined;
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (!value.some(isRecord)) return { columns: [], rows: value.map((item, index) => [index + 1, item]) };
  const columns = new Set<string>();
  for (const item of value) {
    if (isRecord(item)) for (const name of Object.keys(item)) if (columns.size < mostColumns) columns.add(name);
  }
  const names = [...columns];
  return { columns: names, rows: value.map((item) => (isRecord(item) ? names.map((name) => (Object.hasOwn(item, name) ? item[name] : undefined)) : [item])) };
}

/** The pictures in a value: a file, or files in a list or in the fields of an object. */
export function picturesOf(value: unknown): Picture[] {
  const one = pictureOf(value);
  if (one) return [one];
  const inner = Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
  return inner.slice(0, 50).flatMap((item) => pictureOf(item) ?? (Array.isArray(item) ? item.slice(0, 20).flatMap((file) => pictureOf(file) ?? []) : []));
}

function pictureOf(value: unknown): Picture | undefined {
  if (!isRecord(value)) return undefined;
  const { content_type: type, base64, filename } = value;
  if (typeof type !== 'string' || typeof base64 !== 'string' || base64.length > mostOfPicture) return undefined;
  const kind = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!pictureTypes.test(kind) || !/^[A-Za-z0-9+/]+=*$/.test(base64)) return undefined;
  return { name: typeof filename === 'string' ? filename : '', address: `data:${kind};base64,${base64}` };
}

/** The value as it is: text without quotes, anything else in one line of JSON. */
export function raw(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** What a cell of a table shows. */
export function cell(value: unknown): string {
  return value === undefined ? '' : raw(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

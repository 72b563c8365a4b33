// Data stores, as the server's API has them.
import { base, get, put, Refused, remove, upload } from './http';

export interface Store {
  name: string;
  records: number;
  /** Whether it has more than were counted. */
  more: boolean;
  /** The names of its columns; none where it has no schema. */
  columns?: string[];
}

export interface StoreRecord {
  key: string;
  value: unknown;
  revision: number;
  changed: number;
  expires?: number | null;
}

export interface StorePage {
  items: StoreRecord[];
  /** The `after` of the next page; none on the last. */
  next?: string | null;
}

export const columnTypes = ['text', 'number', 'flag', 'time', 'json'] as const;
export type ColumnType = (typeof columnTypes)[number];

export interface Column {
  name: string;
  type: ColumnType;
  required?: boolean;
  default?: unknown;
  description?: string;
}

/** What every record of a store has to be. */
export interface Columns {
  columns: Column[];
  /** What becomes of fields that are no columns. */
  others: 'refuse' | 'keep';
  /** Grows with each change; 0 where there are none yet. */
  revision: number;
}

/** Which records are asked for. */
export interface Wanted {
  /** How their keys begin. */
  prefix?: string;
  /** What they hold, as JSON. */
  where?: string;
  order?: string;
}

/** How a file is meant. */
export interface Meant {
  key?: string;
  charset?: string;
  types?: 'text' | 'guess';
  existing?: 'replace' | 'skip' | 'refuse';
  new_keys?: boolean;
  dry_run?: boolean;
}

/** What came of a file, or would come of it. */
export interface Imported {
  read: number;
  written: number;
  skipped: number;
  refused: number;
  /** The first hundred that were refused. */
  lines: { line: number; key: string | null; message: string }[];
  dry_run: boolean;
}

export async function stores(signal: AbortSignal): Promise<Store[]> {
  return (await get<{ items: Store[] }>('/stores', signal)).items;
}

export function records(store: string, wanted: Wanted, after: string | null, signal: AbortSignal): Promise<StorePage> {
  const query = asQuery({ limit: '200', ...wanted });
  if (after) query.set('after', after);
  return get(`/stores/${encodeURIComponent(store)}?${query}`, signal);
}

/** Writes a record over that revision, 0 for a new one; refused with 409 or 412 when there is another by now. */
export function write(store: string, key: string, change: { value: unknown; revision: number; ttl?: number }): Promise<StoreRecord> {
  return put(at(store, key), change);
}

export function erase(store: string, key: string): Promise<void> {
  return remove(at(store, key));
}

/** None where the store has none. */
export async function columnsOf(store: string, signal: AbortSignal): Promise<Columns> {
  try {
    return await get<Columns>(`/columns/${encodeURIComponent(store)}`, signal);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return { columns: [], others: 'refuse', revision: 0 };
    throw error;
  }
}

/** Refused with 409 when somebody else changed them meanwhile. */
export function keepColumns(store: string, columns: Columns): Promise<Columns> {
  return put(`/columns/${encodeURIComponent(store)}`, columns);
}

export function removeColumns(store: string): Promise<void> {
  return remove(`/columns/${encodeURIComponent(store)}`);
}

/** Writes the lines of a file as records: CSV, or JSON Lines. */
export function importFile(store: string, file: Blob & { name: string }, meant: Meant): Promise<Imported> {
  const type = /\.(jsonl|ndjson)$/i.test(file.name) ? 'application/x-ndjson' : 'text/csv';
  return upload(`/sheets/${encodeURIComponent(store)}?${asQuery(meant)}`, file, type);
}

/** Where the records are to be had as a file. */
export function exported(store: string, format: 'csv' | 'jsonl', { prefix, where }: Wanted): string {
  return `${base}/sheets/${encodeURIComponent(store)}?${asQuery({ format, prefix, where })}`;
}

function asQuery(values: object): URLSearchParams {
  return new URLSearchParams(Object.entries(values).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])));
}

function at(store: string, key: string): string {
  return `/stores/${encodeURIComponent(store)}/${encodeURIComponent(key)}`;
}

// Data stores, as the server's API has them.
import { get, put, remove } from './http';

export interface Store {
  name: string;
  records: number;
  /** Whether it has more than were counted. */
  more: boolean;
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

export async function stores(signal: AbortSignal): Promise<Store[]> {
  return (await get<{ items: Store[] }>('/stores', signal)).items;
}

export function records(store: string, prefix: string, after: string | null, signal: AbortSignal): Promise<StorePage> {
  const query = new URLSearchParams({ limit: '200' });
  if (prefix) query.set('prefix', prefix);
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

function at(store: string, key: string): string {
  return `/stores/${encodeURIComponent(store)}/${encodeURIComponent(key)}`;
}

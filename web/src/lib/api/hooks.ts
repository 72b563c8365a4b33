// Hooks, their requests, and what can be done with them, as the server's API has it.
import type {
  Content,
  CopyStyle,
  Draft,
  Hook,
  LearntSchema,
  RequestFilter,
  RequestPage,
  Sent,
  WholeRequest,
  Written,
} from './hook-types';
import { contentOf } from '../data/content';
import { base, get, getBytes, getText, post, remove } from './http';

export async function hooks(signal: AbortSignal): Promise<Hook[]> {
  return (await get<{ hooks: Hook[] }>('/hooks', signal)).hooks;
}

/** Makes a bin with a path that nobody guesses. */
export function createBin(): Promise<Hook> {
  return post('/hooks', {});
}

export function deleteBin(hook: string): Promise<void> {
  return remove(at(hook));
}

/** Requests, newest first: those older than `before`, at most `limit`. */
export function requests(
  hook: string,
  filter: RequestFilter,
  limit: number,
  before: string | null,
  signal: AbortSignal,
): Promise<RequestPage> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (filter.verdict) query.set('verdict', filter.verdict);
  if (filter.q) query.set('q', filter.q);
  if (before) query.set('before', before);
  return get(`${at(hook)}/requests?${query}`, signal);
}

export function request(hook: string, id: string, signal: AbortSignal): Promise<WholeRequest> {
  return get(one(hook, id), signal);
}

/** Where the body is downloaded from. */
export function bodyAddress(hook: string, id: string): string {
  return `${base}${one(hook, id)}/body`;
}

/** The body, as far as it was kept, however large. */
export async function body(hook: string, id: string): Promise<Content> {
  return contentOf(await getBytes(`${one(hook, id)}/body`, AbortSignal.timeout(60_000)));
}

/** Where requests newer than `after` are told, as they come. */
export function eventsAddress(hook: string, after: string): string {
  return `${base}${at(hook)}/requests/events?${new URLSearchParams({ after })}`;
}

/** The request as a line of a program, or as it went over the wire. */
export function copyAs(hook: string, id: string, style: CopyStyle, signal: AbortSignal): Promise<string> {
  return getText(`${one(hook, id)}/as/${style}`, signal);
}

/** How many requests the server sends again at once. */
const replayedAtOnce = 200;

/** Has requests handled once more, in this order, as if they came now. */
export async function replay(hook: string, ids: string[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (let start = 0; start < ids.length; start += replayedAtOnce) {
    const some = ids.slice(start, start + replayedAtOnce);
    sent.push(...(await post<{ requests: Sent[] }>(`${at(hook)}/requests/replay`, { ids: some })).requests);
  }
  return sent;
}

export function send(hook: string, written: Written): Promise<Sent> {
  return post(`${at(hook)}/requests/send`, written);
}

/** The text of a scenario that takes this request. */
export function draft(hook: string, id: string): Promise<Draft> {
  return post(`${one(hook, id)}/scenario`, {});
}

/** What the bodies have in common. */
export function schema(hook: string, samples: number, signal: AbortSignal): Promise<LearntSchema> {
  return get(`${at(hook)}/schema?${new URLSearchParams({ samples: String(samples) })}`, signal);
}

/** Raises an alarm from now on when a request does not fit what is learnt now. */
export function watchSchema(hook: string, samples: number): Promise<void> {
  return post(`${at(hook)}/schema`, { samples });
}

export function unwatchSchema(hook: string): Promise<void> {
  return remove(`${at(hook)}/schema`);
}

/** Deletes every request of a hook. */
export function purge(hook: string): Promise<void> {
  return remove(`${at(hook)}/requests`);
}

function at(hook: string): string {
  return `/hooks/${encodeURIComponent(hook)}`;
}

function one(hook: string, id: string): string {
  return `${at(hook)}/requests/${encodeURIComponent(id)}`;
}

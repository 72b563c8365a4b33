// Pages of requests, as many as it takes. A page of those that contain a text may have few or none, and more behind it.
import { requests } from '../api/hooks';
import type { RequestFilter, RequestLine, RequestPage } from '../api/hook-types';
import { order, pageSize } from './feed';

/** The first page that has anything on it; the last one where none has. */
export async function first(hook: string, filter: RequestFilter, signal: AbortSignal): Promise<RequestPage> {
  let page = await requests(hook, filter, pageSize, null, signal);
  while (page.requests.length === 0 && page.next !== null) {
    page = await requests(hook, filter, pageSize, page.next, signal);
  }
  return page;
}

/** The requests that fit and are newer than one, oldest first. */
export async function newer(hook: string, filter: RequestFilter, than: string, signal: AbortSignal): Promise<RequestLine[]> {
  const found: RequestLine[] = [];
  let before: string | null = null;
  do {
    const page = await requests(hook, filter, pageSize, before, signal);
    found.push(...page.requests.filter((line) => order(line.id, than) > 0));
    before = page.next;
  } while (before !== null && order(before, than) > 0);
  return found.toReversed();
}

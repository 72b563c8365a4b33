// Addresses of the page, read and written. Pure.
import { verdicts, type RequestFilter, type Verdict } from '../api/hook-types';
import { runStatuses, type RunFilter, type RunStatus } from '../api/types';

export type Route =
  | { page: 'scenarios' }
  | { page: 'scenario'; id: string }
  | { page: 'runs'; filter: RunFilter }
  | { page: 'run'; id: string }
  | { page: 'hooks' }
  | { page: 'hook'; path: string; filter: RequestFilter; request?: string }
  | { page: 'unknown'; path: string };

/** What an address shows. */
export function parse(path: string, query = ''): Route {
  const parts = path.split('/').filter((part) => part !== '');
  const [room, id] = parts.map(decode);
  if (parts.length === 0) return { page: 'scenarios' };
  if (parts.length === 1 && room === 'runs') return { page: 'runs', filter: parseFilter(new URLSearchParams(query)) };
  if (parts.length === 1 && room === 'hooks') return { page: 'hooks' };
  if (parts.length === 2 && id !== undefined) {
    if (room === 'runs') return { page: 'run', id };
    if (room === 'hooks') return parseHook(id, new URLSearchParams(query));
    if (room === 'scenarios') return { page: 'scenario', id };
  }
  return { page: 'unknown', path };
}

/** The address that shows it. */
export function href(route: Route): string {
  switch (route.page) {
    case 'scenarios':
      return '/';
    case 'scenario':
      return `/scenarios/${encodeURIComponent(route.id)}`;
    case 'runs':
      return `/runs${writeFilter(route.filter)}`;
    case 'run':
      return `/runs/${encodeURIComponent(route.id)}`;
    case 'hooks':
      return '/hooks';
    case 'hook':
      return `/hooks/${encodeURIComponent(route.path)}${writeHook(route.filter, route.request)}`;
    case 'unknown':
      return route.path;
  }
}

function parseFilter(query: URLSearchParams): RunFilter {
  const filter: RunFilter = {};
  const scenario = query.get('scenario');
  const status = query.get('status');
  if (scenario) filter.scenario = scenario;
  if (isStatus(status)) filter.status = status;
  return filter;
}

function writeFilter({ scenario, status }: RunFilter): string {
  const query = new URLSearchParams();
  if (scenario) query.set('scenario', scenario);
  if (status) query.set('status', status);
  return query.size > 0 ? `?${query}` : '';
}

function parseHook(path: string, query: URLSearchParams): Route {
  const filter: RequestFilter = {};
  const verdict = query.get('verdict');
  const q = query.get('q');
  if (isVerdict(verdict)) filter.verdict = verdict;
  if (q) filter.q = q;
  const request = query.get('request');
  return { page: 'hook', path, filter, ...(request && { request }) };
}

function writeHook({ verdict, q }: RequestFilter, request: string | undefined): string {
  const query = new URLSearchParams();
  if (verdict) query.set('verdict', verdict);
  if (q) query.set('q', q);
  if (request) query.set('request', request);
  return query.size > 0 ? `?${query}` : '';
}

function isVerdict(text: string | null): text is Verdict {
  return (verdicts as readonly (string | null)[]).includes(text);
}

function isStatus(text: string | null): text is RunStatus {
  return (runStatuses as readonly (string | null)[]).includes(text);
}

/** A part of a path as text; what is not properly encoded stays as it is. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

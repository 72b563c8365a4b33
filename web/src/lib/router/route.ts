// Addresses of the page, read and written. Pure.
import { verdicts, type RequestFilter, type Verdict } from '../api/hook-types';
import { runStatuses, type RunFilter, type RunStatus } from '../api/types';

export type Route =
  | { page: 'scenarios' }
  | { page: 'scenario'; id: string; step?: string }
  | { page: 'runs'; filter: RunFilter }
  | { page: 'run'; id: string }
  | { page: 'hooks' }
  | { page: 'hook'; path: string; filter: RequestFilter; request?: string }
  | { page: 'templates' }
  | { page: 'connections' }
  | { page: 'stores' }
  | { page: 'store'; name: string; prefix?: string; where?: string; order?: string }
  | { page: 'alarms' }
  | { page: 'queues' }
  | { page: 'settings' }
  | { page: 'unknown'; path: string };

/** Pages that are nothing but their name. */
const plain = ['hooks', 'templates', 'connections', 'stores', 'alarms', 'queues', 'settings'] as const;
type Plain = (typeof plain)[number];

/** What an address shows. */
export function parse(path: string, query = ''): Route {
  const parts = path.split('/').filter((part) => part !== '');
  const [room, id] = parts.map(decode);
  if (parts.length === 0) return { page: 'scenarios' };
  if (parts.length === 1 && room === 'runs') return { page: 'runs', filter: parseFilter(new URLSearchParams(query)) };
  if (parts.length === 1 && isPlain(room)) return { page: room };
  if (parts.length === 2 && id !== undefined) {
    if (room === 'runs') return { page: 'run', id };
    if (room === 'hooks') return parseHook(id, new URLSearchParams(query));
    if (room === 'scenarios') return parseScenario(id, new URLSearchParams(query));
    if (room === 'stores') return parseStore(id, new URLSearchParams(query));
  }
  return { page: 'unknown', path };
}

/** The address that shows it. */
export function href(route: Route): string {
  switch (route.page) {
    case 'scenarios':
      return '/';
    case 'scenario':
      return `/scenarios/${encodeURIComponent(route.id)}${route.step ? `?${new URLSearchParams({ step: route.step })}` : ''}`;
    case 'runs':
      return `/runs${writeFilter(route.filter)}`;
    case 'run':
      return `/runs/${encodeURIComponent(route.id)}`;
    case 'hook':
      return `/hooks/${encodeURIComponent(route.path)}${writeHook(route.filter, route.request)}`;
    case 'store':
      return `/stores/${encodeURIComponent(route.name)}${writeStore(route)}`;
    case 'unknown':
      return route.path;
    default:
      return `/${route.page}`;
  }
}

/** A scenario, opened at one of its steps (`steps/2`). */
function parseScenario(id: string, query: URLSearchParams): Route {
  const step = query.get('step');
  return { page: 'scenario', id, ...(step && { step }) };
}

function parseFilter(query: URLSearchParams): RunFilter {
  const filter: RunFilter = {};
  const status = query.get('status');
  for (const name of texts) {
    const text = query.get(name);
    const isDay = name === 'since' || name === 'until';
    if (text && (!isDay || /^\d{4}-\d\d-\d\d$/.test(text))) filter[name] = text;
  }
  if (isStatus(status)) filter.status = status;
  return filter;
}

/** What a list of runs is filtered by, apart from the status. */
const texts = ['scenario', 'q', 'since', 'until'] as const;

function writeFilter(filter: RunFilter): string {
  const query = new URLSearchParams();
  for (const name of ['scenario', 'status', 'q', 'since', 'until'] as const) {
    if (filter[name]) query.set(name, filter[name]);
  }
  return query.size > 0 ? `?${query}` : '';
}

function parseStore(name: string, query: URLSearchParams): Route {
  const [prefix, where, order] = [query.get('prefix'), query.get('where'), query.get('order')];
  return { page: 'store', name, ...(prefix && { prefix }), ...(where && { where }), ...(order && { order }) };
}

function writeStore(route: { prefix?: string; where?: string; order?: string }): string {
  const query = new URLSearchParams();
  for (const name of ['prefix', 'where', 'order'] as const) if (route[name]) query.set(name, route[name]);
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

function isPlain(room: string | undefined): room is Plain {
  return (plain as readonly (string | undefined)[]).includes(room);
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

// Addresses of the page, read and written. Pure.
import { runStatuses, type RunFilter, type RunStatus } from '../api/types';

export type Route =
  | { page: 'scenarios' }
  | { page: 'scenario'; id: string }
  | { page: 'runs'; filter: RunFilter }
  | { page: 'run'; id: string }
  | { page: 'unknown'; path: string };

/** What an address shows. */
export function parse(path: string, query = ''): Route {
  const parts = path.split('/').filter((part) => part !== '');
  const [room, id] = parts.map(decode);
  if (parts.length === 0) return { page: 'scenarios' };
  if (parts.length === 1 && room === 'runs') return { page: 'runs', filter: parseFilter(new URLSearchParams(query)) };
  if (parts.length === 2 && id !== undefined) {
    if (room === 'runs') return { page: 'run', id };
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

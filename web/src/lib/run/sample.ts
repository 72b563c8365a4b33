// A request as expressions will see it, for previews before anything ran. Pure.
import type { WholeRequest } from '../api/hook-types';
import type { Pairs } from '../api/types';
import { textOf } from '../data/content';

/** The value of `trigger` that such a request makes, as far as the page can tell. */
export function triggerOf(request: WholeRequest): Record<string, unknown> {
  const [target = '', ...rest] = request.target.split('?');
  const query = grouped([...new URLSearchParams(rest.join('?'))]);
  const headers = grouped(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const text = textOf(request);
  const body = bodyOf(text ?? '', String(headers['content-type'] ?? ''));
  return {
    method: request.method,
    path: target.replace(/^\/hook(-test)?\//, ''),
    query,
    headers,
    body,
    data: isRecord(body) ? { ...query, ...body } : body === null ? query : { ...query, body },
    raw: text ?? null,
    ip: request.ip,
    at: new Date(request.at).toISOString(),
    event: request.event ?? null,
    provider: request.provider ?? null,
    id: request.delivery ?? null,
  };
}

function bodyOf(text: string, type: string): unknown {
  const kind = type.split(';')[0]?.trim().toLowerCase() ?? '';
  if (text === '') return null;
  if (kind === 'application/x-www-form-urlencoded') return grouped([...new URLSearchParams(text)]);
  const json = kind === 'application/json' || kind.endsWith('+json') || /^\s*[[{]/.test(text);
  if (!json) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Pairs as an object; a name that comes again has a list of its values. */
function grouped(pairs: Pairs): Record<string, unknown> {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of pairs) {
    const known = found.get(name);
    found.set(name, known === undefined ? value : [...(Array.isArray(known) ? known : [known]), value]);
  }
  return Object.fromEntries(found);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

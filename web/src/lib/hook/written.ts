// A request as a form has it: made from one that came, and read back. Pure.
import type { Content, WholeRequest, Written } from '../api/hook-types';
import type { Pairs } from '../api/types';
import { textOf } from '../data/content';

export interface Form {
  method: string;
  query: string;
  /** One on a line. */
  headers: string;
  body: string;
}

/** What stands where a secret was. */
const mask = '•••';

/** Headers of the connection it came by, not of the request. */
const ofConnection = new Set([
  'connection', 'content-length', 'content-encoding', 'expect', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade',
]);

/** The form filled with a request. What is masked is left out: the mask is not the secret. */
export function fill(request: WholeRequest, content: Content): Form {
  const at = request.target.indexOf('?');
  const query = at < 0 ? '' : request.target.slice(at + 1);
  const headers = request.headers.filter(([name, value]) => !ofConnection.has(name.toLowerCase()) && !value.includes(mask));
  return {
    method: request.method,
    query: unmasked(query),
    headers: headers.map(([name, value]) => `${name}: ${value}`).join('\n'),
    body: textOf(content) ?? '',
  };
}

/** What a form says, or the line that is no header. */
export function read(form: Form, request: WholeRequest, content: Content): { written: Written } | { wrong: string } {
  const headers: Pairs = [];
  for (const line of form.headers.split('\n').filter((line) => line.trim() !== '')) {
    const parts = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)\s*$/.exec(line); // names: RFC 9110 §5.6.2
    if (!parts) return { wrong: line };
    headers.push([parts[1] ?? '', parts[2] ?? '']);
  }
  const path = request.target.split('?')[0]?.replace(/^\/hook\//, '') ?? '';
  return { written: { method: form.method, path, query: form.query.replace(/^\?/, ''), headers, ...bodyOf(form, request, content) } };
}

/** The body that was written. One that was not touched is left to the server, which has it without masks. */
function bodyOf(form: Form, request: WholeRequest, content: Content): Pick<Written, 'body' | 'body_base64' | 'of'> {
  const untouched = form.body === (textOf(content) ?? '');
  if (request.kept === request.length) return untouched ? { of: request.id } : { of: request.id, body: form.body };
  // The server makes nothing of a request of which it has not kept all.
  const isBinary = untouched && content.encoding === 'base64' && typeof content.body === 'string';
  return isBinary ? { body_base64: String(content.body) } : { body: form.body };
}

function unmasked(query: string): string {
  const encoded = encodeURIComponent(mask);
  const kept = query.split('&').filter((pair) => !pair.includes(mask) && !pair.includes(encoded));
  return kept.join('&');
}

// The only place that calls fetch.

/** The server knows no session of ours. */
export class SignedOut extends Error {}

/** The server answered, but not with what was asked for. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    /** The whole problem document (RFC 9457), where it sent one. */
    readonly problem: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** Where the API is. */
export const base = '/api/v1';

export async function get<T>(path: string, signal: AbortSignal): Promise<T> {
  const answer = await call(path, { signal, headers: { accept: 'application/json' } });
  return (await answer.json()) as T;
}

/** An answer that is text, not JSON. */
export async function getText(path: string, signal: AbortSignal): Promise<string> {
  return (await call(path, { signal })).text();
}

/** An answer that may be anything. */
export async function getBytes(path: string, signal: AbortSignal): Promise<Uint8Array> {
  return new Uint8Array(await (await call(path, { signal })).arrayBuffer());
}

/** Sends JSON. What comes back is JSON too, or nothing. */
export function post<T>(path: string, body: unknown): Promise<T> {
  return send('POST', path, body);
}

/** Sends JSON to be kept. What comes back is JSON too, or nothing. */
export function put<T>(path: string, body: unknown): Promise<T> {
  return send('PUT', path, body);
}

async function send<T>(method: string, path: string, body: unknown): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const answer = await call(path, { method, headers, body: JSON.stringify(body) });
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

/** Sends a file. What comes back is JSON. */
export async function upload<T>(path: string, file: Blob, type: string): Promise<T> {
  const answer = await call(path, { method: 'POST', headers: { accept: 'application/json', 'content-type': type }, body: file });
  return (await answer.json()) as T;
}

export async function remove(path: string): Promise<void> {
  await call(path, { method: 'DELETE', headers: { accept: 'application/json' } });
}

/** Asks for a session; tells whether the server took what it was given. */
export async function login(given: Record<string, string>): Promise<boolean> {
  const answer = await fetch('/login', { method: 'POST', body: new URLSearchParams(given) });
  if (answer.status === 401) return false;
  if (!answer.ok) throw await refusal(answer);
  return true;
}

/** Ends the session. */
export async function logout(): Promise<void> {
  const answer = await fetch('/logout', { method: 'POST' });
  if (!answer.ok && answer.status !== 401) throw await refusal(answer);
}

async function call(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetch(`${base}${path}`, init);
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

/** What a problem document says, or else the status line. */
async function refusal(answer: Response): Promise<Refused> {
  const problem: unknown = await answer.json().catch(() => null);
  const known = problem && typeof problem === 'object' ? (problem as Record<string, unknown>) : {};
  const said = [known.detail, known.title].find((text) => typeof text === 'string');
  return new Refused(answer.status, typeof said === 'string' ? said : answer.statusText, known);
}

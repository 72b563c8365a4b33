// Who one is, the first start, and tokens, as the server's API has them.
import { get, login, logout, post, put, Refused, remove } from './http';

export interface Session {
  user: string;
  via: string;
}

export interface Token {
  id: string;
  name: string;
  created: number;
  last_used?: number | null;
}

export function whoAmI(signal: AbortSignal): Promise<Session> {
  return get('/session', signal);
}

/** Whether there is an administrator with a password. */
export async function isSetUp(signal: AbortSignal): Promise<boolean> {
  try {
    return (await get<{ done: boolean }>('/setup', signal)).done;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return true;
    throw error;
  }
}

/** Makes the administrator. Whoever has no session needs the code that was printed at the start. */
export function setUp(name: string, password: string, code?: string): Promise<void> {
  return post('/setup', { name, password, ...(code && { code: codeOf(code) }) });
}

/** Opens a session. Tells whether the server took what it was given. */
export function signIn(given: { token: string } | { name: string; password: string }): Promise<boolean> {
  return login(given);
}

export function signOut(): Promise<void> {
  return logout();
}

/** Who came by a printed link need not know the password there is. */
export function changePassword(current: string, password: string): Promise<void> {
  return put('/session/password', { password, ...(current && { current }) });
}

export async function tokens(signal: AbortSignal): Promise<Token[]> {
  return (await get<{ items: Token[] }>('/tokens', signal)).items;
}

/** The token itself is given this once. */
export function makeToken(name: string): Promise<{ id: string; token: string }> {
  return post('/tokens', { name });
}

export function removeToken(id: string): Promise<void> {
  return remove(`/tokens/${encodeURIComponent(id)}`);
}

/** The code of a login link; what is no link is the code. */
export function codeOf(text: string): string {
  const given = text.trim();
  return given.split('/').filter((part) => part !== '').at(-1) ?? given;
}

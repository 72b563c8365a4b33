// Far sides on this machine: an API that wants a token, Google's tables, a mail server.
import { createHash, generateKeyPairSync, randomUUID, verify } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createSocket } from 'node:net';

/** An API that answers whoever brings the token, and refuses the others. */
export async function api(token) {
  const calls = [];
  const url = await listen(
    createServer((request, answer) => {
      const { authorization } = request.headers;
      calls.push({ path: request.url, authorization });
      const allowed = authorization === `Bearer ${token}`;
      send(answer, allowed ? 200 : 401, allowed ? { stock: 7 } : { error: 'who are you?' });
    }),
  );
  return { ...url, calls };
}

/** Google's tables, for one service account: it gives a token for a signed assertion, and appends rows for the token. */
export async function tables() {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rows = [];
  const here = await listen(
    createServer(async (request, answer) => {
      const body = await read(request);
      if (request.url === '/token') return send(answer, ...grant(body, keys.publicKey));
      if (request.headers.authorization !== `Bearer ${granted}`) return send(answer, 401, { error: { code: 401, message: 'Invalid Credentials' } });
      const { values } = JSON.parse(body);
      rows.push(...values);
      send(answer, 200, { spreadsheetId: 'sheet-1', tableRange: 'Orders!A1:B1', updates: { updatedRange: `Orders!A${rows.length + 1}:B${rows.length + 1}`, updatedRows: values.length } });
    }),
  );
  const account = {
    type: 'service_account',
    client_email: 'hookmill@example.iam.gserviceaccount.com',
    private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${here.url}/token`,
  };
  return { ...here, rows, account };
}

const granted = 'a token for the rest of the hour';

function grant(body, key) {
  const [head, claims, signature] = (new URLSearchParams(body).get('assertion') ?? '').split('.');
  const signed = verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature ?? '', 'base64url'));
  return signed ? [200, { access_token: granted, expires_in: 3599, token_type: 'Bearer' }] : [400, { error: 'invalid_grant' }];
}

/** A mail server that takes what it is given. */
export async function postbox() {
  const mails = [];
  const server = createSocket((socket) => {
    let text = '';
    let inData = false;
    socket.on('error', () => {});
    socket.write('220 mail.example.com ready\r\n');
    socket.on('data', (bytes) => {
      text += bytes;
      for (;;) {
        const end = text.indexOf(inData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + (inData ? 5 : 2));
        if (inData) mails.push(part);
        inData = !inData && /^DATA/i.test(part);
        socket.write(inData ? '354 go on\r\n' : /^QUIT/i.test(part) ? '221 bye\r\n' : '250 ok\r\n');
      }
    });
  });
  const { port, close } = await listen(server);
  return { url: `smtp://127.0.0.1:${port}`, mails, close };
}

async function listen(server) {
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address();
  return { url: `http://127.0.0.1:${port}`, port, close: () => server.close() };
}

async function read(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function send(answer, status, body) {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A provider where people allow others to act for them (OAuth 2 with PKCE), and what they can do then. */
export async function provider(lifetime) {
  const asked = new Map();
  const tokens = new Set();
  const calls = [];
  const here = await listen(
    createServer(async (request, answer) => {
      const { pathname, searchParams } = new URL(request.url, 'http://here');
      if (pathname.endsWith('/authorize')) return consent(answer, searchParams, asked);
      if (pathname.endsWith('/token')) return send(answer, ...exchange(new URLSearchParams(await read(request)), asked, tokens, lifetime));
      const known = tokens.has(request.headers.authorization);
      calls.push({ path: pathname, known });
      send(answer, known ? 200 : 401, known ? { name: 'Ada' } : { error: 'who are you?' });
    }),
  );
  return { ...here, calls, revoke: () => tokens.clear() };
}

/** The page where people are asked. */
function consent(answer, query, asked) {
  const code = randomUUID();
  asked.set(code, { challenge: query.get('code_challenge'), redirect: query.get('redirect_uri') });
  const back = (outcome) => `${query.get('redirect_uri')}?${new URLSearchParams({ ...outcome, state: query.get('state') })}`.replaceAll('&', '&amp;');
  const denied = { error: 'access_denied', error_description: 'Ada said no' };
  answer.writeHead(200, { 'content-type': 'text/html' });
  answer.end(`<!doctype html><title>Allow?</title><a href="${back({ code })}">Allow</a> <a href="${back(denied)}">Deny</a>`);
}

function exchange(form, asked, tokens, lifetime) {
  const { challenge, redirect } = asked.get(form.get('code')) ?? {};
  asked.delete(form.get('code'));
  const proven = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url') === challenge;
  if (!proven || form.get('redirect_uri') !== redirect || form.get('client_id') !== 'mill') return [400, { error: 'invalid_grant' }];
  const token = randomUUID();
  tokens.add(`Bearer ${token}`);
  return [200, { access_token: token, token_type: 'Bearer', expires_in: lifetime }];
}

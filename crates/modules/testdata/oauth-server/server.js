// An authorization server for tests, and an API behind it: oidc-provider, which is certified, on a port of its own.
// Everybody who comes is Ann, and allows everything. It ends with its standard input.

import { Provider } from 'oidc-provider';
import { createServer } from 'node:http';

const counted = {};
const access = new Set();
const grants = new Set();

const configuration = (issuer) => ({
  clients: [
    {
      client_id: 'mill',
      client_secret: 'cAnAry-client-secret',
      redirect_uris: ['https://mill.example.com/oauth/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'client_secret_post',
    },
    {
      client_id: 'robot:1',
      client_secret: 'cAnAry+robot/secret',
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
    },
  ],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  scopes: ['openid', 'read', 'write'],
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
  },
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, ClientCredentials: 3600, RefreshToken: 86400, Session: 600, Grant: 86400, Interaction: 600 },
  interactions: { url: () => `${issuer}/allow` },
  cookies: { keys: ['nobody signs here but this test'] },
});

/** Ann is here, and allows what is asked. */
async function allow(provider, context) {
  const { prompt, params, session } = await provider.interactionDetails(context.req, context.res);
  if (context.query.deny !== undefined || params.login_hint === 'nobody') {
    const refusal = { error: 'access_denied', error_description: 'Ann <b>refuses</b>' };
    return provider.interactionFinished(context.req, context.res, refusal);
  }
  if (prompt.name === 'login') {
    return provider.interactionFinished(context.req, context.res, { login: { accountId: 'ann' } });
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope ?? '');
  const grantId = await grant.save();
  grants.add(grantId);
  return provider.interactionFinished(context.req, context.res, { consent: { grantId } });
}

/** The API: it knows who comes by the token alone. */
async function api(provider, context) {
  const token = context.get('authorization').replace(/^Bearer /, '');
  const found = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
  counted.api = (counted.api ?? 0) + 1;
  if (!found || !access.has(token)) {
    context.status = 401;
    context.body = { error: 'invalid_token' };
    return;
  }
  context.body = { who: found.accountId ?? found.clientId, scope: found.scope, told: token };
}

/** What tests ask for: `/counted`, `/expire` (no access token is good any more), `/revoke` (nothing is). */
async function steer(provider, context) {
  if (context.path === '/expire') access.clear();
  if (context.path === '/revoke') {
    access.clear();
    for (const id of grants) {
      await provider.RefreshToken.revokeByGrantId(id);
      await (await provider.Grant.find(id))?.destroy();
    }
  }
  context.body = counted;
}

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration(issuer));
  provider.on('access_token.saved', (token) => access.add(token.jti));
  provider.on('client_credentials.saved', (token) => access.add(token.jti));
  const count = (context) => {
    const type = context.oidc?.params?.grant_type ?? 'none';
    counted[type] = (counted[type] ?? 0) + 1;
  };
  provider.on('grant.success', count);
  provider.on('grant.error', (context) => {
    counted.refused = (counted.refused ?? 0) + 1;
    count(context);
  });
  provider.use(async (context, next) => {
    if (context.path === '/allow') return allow(provider, context);
    if (context.path === '/api') return api(provider, context);
    if (['/counted', '/expire', '/revoke'].includes(context.path)) return steer(provider, context);
    return next();
  });
  server.on('request', provider.callback());
  console.log(`at ${issuer}`);
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));

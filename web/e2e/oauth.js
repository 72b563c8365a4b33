// Connections that a person allows at their provider, and how they fare afterwards.
import assert from 'node:assert/strict';

import { provider } from './far.js';

export const oauthTests = [
  ['m15 a connection by OAuth is made on its page, allowed in a pop-up, and works', allowed],
  ['m15 what the provider refuses is told with its reason, and a blocked pop-up is a link', refused],
  ['m15 an app is connected by OAuth from the form of its step', ofApp],
  ['m15 an app of one’s own, written while the server runs, has its form and is connected', ofOwnApp],
  ['m15 the page of connections tells when one ends, and since when it fails', health],
];

const week = 7 * 24 * 3600; // seconds

const card = (page, name) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) });

/** Makes a connection by the page, as far as its provider's consent. */
async function make(visitor, name, far) {
  const { page, server } = visitor;
  await visitor.open('/connections');
  await page.getByRole('button', { name: 'New connection' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('searchbox').fill('oauth');
  await page.keyboard.press('Enter');
  await dialog.getByText(`${server.url}/oauth/callback`, { exact: true }).waitFor();
  const fields = { Name: name, 'Client ID': 'mill', Authorization: `${far.url}/authorize`, Token: `${far.url}/token`, Base: far.url };
  for (const [label, value] of Object.entries(fields)) await dialog.getByRole('textbox', { name: new RegExp(`^${label}`) }).fill(value);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(`${name} is saved.`, { exact: false }).waitFor();
  return dialog;
}

/** Presses the button, and answers on the provider's page. */
async function answer({ page, context }, button, said) {
  const opened = context.waitForEvent('page');
  await button.click();
  const popup = await opened;
  await popup.getByRole('link', { name: said }).click();
  return popup;
}

async function allowed(visitor) {
  const { page, server } = visitor;
  const far = await provider(4 * week);
  try {
    const dialog = await make(visitor, 'crm', far);
    await visitor.shot('oauth-saved');
    assert.deepEqual(await visitor.accessibilityFaults(), [], 'the dialog that asks for consent');
    const popup = await answer(visitor, dialog.getByRole('button', { name: 'Connect: crm' }), 'Allow');
    await popup.getByRole('heading', { name: 'The connection is authorized' }).waitFor();
    await dialog.getByText('Connected.').waitFor();
    await dialog.getByText(/It works/).waitFor();
    await visitor.shot('oauth-connected');
    await dialog.getByRole('contentinfo').or(dialog.locator('footer')).getByRole('button', { name: 'Close' }).click();
    await card(page, 'crm').getByText('Works', { exact: true }).waitFor();
    await card(page, 'crm').getByText(/^expires\s+in/).waitFor();
    await visitor.put('/scenarios/crm-call', { text: 'trigger: { webhook: { path: crm-call, verify: none } }\nsteps:\n  - id: it\n    http.request: { connection: crm, url: /people }\n  - respond: { json: "{{ it.body }}" }\n' });
    const answered = await server.call('crm-call', {});
    assert.deepEqual([answered.status, await answered.json()], [200, { name: 'Ada' }]);
    assert.deepEqual(far.calls.at(-1), { path: '/people', known: true });
    await card(page, 'crm').getByText(/^last used/).waitFor();
  } finally {
    far.close();
  }
}

async function refused(visitor) {
  const { page, context } = visitor;
  const far = await provider(4 * week);
  try {
    const dialog = await make(visitor, 'denied', far);
    const popup = await answer(visitor, dialog.getByRole('button', { name: 'Connect: denied' }), 'Deny');
    await popup.getByRole('heading', { name: 'The connection is not authorized' }).waitFor();
    await dialog.getByRole('status').getByText('access_denied: Ada said no').waitFor();
    await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
    await card(page, 'denied').getByText('Not connected yet', { exact: true }).waitFor();

    await page.evaluate(() => (globalThis.open = () => null));
    await card(page, 'denied').getByRole('button', { name: 'Try again: denied' }).click();
    await card(page, 'denied').getByText('The browser blocked the window').waitFor();
    await visitor.shot('oauth-blocked');
    assert.deepEqual(await visitor.accessibilityFaults(), [], 'the page with a blocked pop-up');
    const opened = context.waitForEvent('page');
    await card(page, 'denied').getByRole('link', { name: /^Open the provider/ }).click();
    await (await opened).getByRole('link', { name: 'Allow' }).click();
    await card(page, 'denied').getByText('Connected.').waitFor();
    await card(page, 'denied').getByText('Works', { exact: true }).waitFor();
  } finally {
    far.close();
  }
}

async function ofApp(visitor) {
  const { page, server } = visitor;
  const far = await provider(4 * week);
  try {
    visitor.expect(/status of 404/);
    await visitor.put('/scenarios/sales/draft', { basis: null, revision: 0, text: 'trigger: { webhook: { path: sales, verify: none } }\nsteps:\n  - id: me\n    salesforce.describe_object: { object: Contact }\n  - respond: { json: "{{ me }}" }\n' });
    await visitor.open('/scenarios/sales');
    await page.locator('.disc[data-step="steps/0"]').click();
    await page.locator('[data-path$="/connection"]').getByRole('button', { name: 'New' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox', { name: /^My Domain/ }).fill(far.url);
    await dialog.getByRole('textbox', { name: /^Client ID/ }).fill('mill');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await answer(visitor, dialog.getByRole('button', { name: 'Connect: salesforce' }), 'Allow');
    await dialog.getByText('Connected.').waitFor();
    await dialog.getByText(/It works/).waitFor();
    await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
    assert.equal(await page.getByRole('combobox', { name: 'Connection', exact: true }).inputValue(), 'salesforce');
    await page.getByText('Draft saved').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('Live', { exact: true }).waitFor();
    const answered = await server.call('sales', {});
    assert.deepEqual([answered.status, await answered.json()], [200, { name: 'Ada' }]);
  } finally {
    far.close();
  }
}

const desk = `title: { en: Help desk, zh-TW: 服務台, zh-CN: 服务台 }
about: { en: Tickets of the help desk., zh-TW: 服務台的工單。, zh-CN: 服务台的工单。 }
base: "{{ connection.url }}"
connection:
  fields:
    url!: { type: url, title: { en: Address, zh-TW: 位址, zh-CN: 地址 }, example: "https://desk.example.com" }
  auth: none
  oauth2: { authorize: "{{ connection.url }}/authorize", token: "{{ connection.url }}/token", scopes: [tickets] }
  test: { get: /me }
actions:
  me:
    title: { en: Who am I, zh-TW: 我是誰, zh-CN: 我是谁 }
    about: { en: The person of the connection., zh-TW: 連線所屬的人員。, zh-CN: 连接所属的人员。 }
    get: /me
    sample: { name: Ada }
`;

async function ofOwnApp(visitor) {
  const { page, server } = visitor;
  const far = await provider(4 * week);
  try {
    server.write('apps/desk.yaml', desk);
    await visitor.open('/connections');
    await page.getByRole('button', { name: 'New connection' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('searchbox').fill('服務台');
    await dialog.getByRole('button', { name: 'Help desk' }).click();
    await dialog.getByRole('textbox', { name: 'Address', exact: true }).fill(far.url);
    await dialog.getByRole('textbox', { name: /^Client ID/ }).fill('mill');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await answer(visitor, dialog.getByRole('button', { name: 'Connect: desk' }), 'Allow');
    await dialog.getByText(/It works/).waitFor();
    await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
    assert.ok(far.calls.some(({ path, known }) => path === '/me' && known));
    await card(page, 'desk').getByText('Help desk', { exact: true }).waitFor();
  } finally {
    far.close();
  }
}

async function health(visitor) {
  const { page, server } = visitor;
  const far = await provider(3 * 24 * 3600);
  try {
    const dialog = await make(visitor, 'ending', far);
    await answer(visitor, dialog.getByRole('button', { name: 'Connect: ending' }), 'Allow');
    await dialog.getByText('Connected.').waitFor();
    await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
    await card(page, 'ending').getByText('Expires soon', { exact: true }).waitFor();
    await card(page, 'ending').getByText(/^expires\s+in 2 days$/).waitFor();
    far.revoke();
    await visitor.put('/scenarios/ending', { text: 'trigger: { webhook: { path: ending, verify: none } }\nsteps:\n  - http.request: { connection: ending, url: /people }\n    retry: { attempts: 1 }\n' });
    await server.call('ending', {});
    await card(page, 'ending').getByText(/^failing since/).waitFor();
    await card(page, 'ending').getByRole('link', { name: 'See the alarm' }).click();
    await page.getByRole('listitem').filter({ hasText: 'connection ending' }).getByText('Does not work', { exact: true }).waitFor();
  } finally {
    far.close();
  }
}

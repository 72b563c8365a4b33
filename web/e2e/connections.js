// Connections made where they are needed, and what they keep to themselves.
import assert from 'node:assert/strict';

import { api } from './far.js';

export const connectionTests = [
  ['m15 a connection is made, tested and picked in the form of a step, and its secret never comes back', madeInPlace],
  ['m15 the dialog of a connection is found by axe without fault, in both themes and in Chinese', dialogIsAccessible],
];

const secret = 'only-for-this-test-4711';

const text = (id) => `name: Stock
trigger:
  webhook: { path: ${id}, verify: none }
steps:
  - id: stock
    http.request:
      url: /stock   # of the shop
  - respond:
      json: { stock: "{{ stock.body.stock }}" }
`;

/** Everything that the page is answered from now on, also what comes bit by bit. */
async function record(page) {
  const answers = [];
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  const urls = new Map();
  const read = [];
  devtools.on('Network.responseReceived', ({ requestId, response }) => {
    urls.set(requestId, response.url);
    answers.push({ url: response.url, body: JSON.stringify(response.headers) });
  });
  devtools.on('Network.eventSourceMessageReceived', ({ requestId, data }) => answers.push({ url: urls.get(requestId), body: data }));
  devtools.on('Network.loadingFinished', ({ requestId }) => {
    const body = devtools.send('Network.getResponseBody', { requestId }).catch(() => undefined);
    read.push(
      body.then((answer) => {
        if (answer) answers.push({ url: urls.get(requestId), body: answer.base64Encoded ? Buffer.from(answer.body, 'base64').toString() : answer.body });
      }),
    );
  });
  return async () => {
    await Promise.all(read);
    return answers;
  };
}

function holdsSecret(body) {
  return body.includes(secret) || body.includes(Buffer.from(secret).toString('base64'));
}

async function openStep(visitor, id, step = 'steps/0') {
  visitor.expect(/status of 404/);
  await visitor.put(`/scenarios/${id}`, { text: text(id) });
  await visitor.open(`/scenarios/${id}`);
  await visitor.page.locator(`.disc[data-step="${step}"]`).click();
  await visitor.page.locator('.form[data-step]').waitFor();
}

async function openDialog(page) {
  await page.locator('.form').getByText(/more settings/).click();
  await page.locator('[data-path$="/connection"]').getByRole('button', { name: 'New' }).click();
  const dialog = page.getByRole('dialog', { name: 'New connection' });
  await dialog.waitFor();
  return dialog;
}

async function madeInPlace(visitor) {
  const { page, server } = visitor;
  const shop = await api(secret);
  try {
    await openStep(visitor, 'stock');
    const dialog = await openDialog(page);
    await dialog.getByRole('combobox', { name: 'Type' }).selectOption('bearer');
    assert.equal(await dialog.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'bearer');
    await dialog.getByRole('textbox', { name: 'Name', exact: true }).fill('shop');
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('This must be filled in.').waitFor();
    await dialog.getByRole('textbox', { name: 'Token', exact: true }).fill('not the token');
    await dialog.getByRole('textbox', { name: /^Base URL/ }).fill(shop.url);
    await dialog.getByRole('button', { name: 'Test' }).click();
    const said = dialog.getByRole('status');
    await said.getByText('It does not work').waitFor();
    await said.getByText('refuses the credential (401').waitFor();
    await said.getByText('check the credential').waitFor();
    const recorded = await record(page);
    await dialog.getByRole('textbox', { name: 'Token', exact: true }).fill(secret);
    await dialog.getByRole('button', { name: 'Test' }).click();
    await said.getByText(/It works/).waitFor();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });

    const picked = page.getByRole('combobox', { name: 'Connection', exact: true });
    await page.waitForFunction(() => document.querySelector('.connection select')?.value === 'shop');
    assert.equal(await picked.inputValue(), 'shop');
    await page.getByText('Draft saved').waitFor();
    const { text: draft } = await visitor.get('/scenarios/stock/draft');
    assert.equal(draft, text('stock').replace('# of the shop\n', '# of the shop\n      connection: shop\n'));

    await page.keyboard.press('Control+s');
    await page.getByText('Live', { exact: true }).waitFor();
    const answer = await server.call('stock', {});
    assert.deepEqual([answer.status, await answer.json()], [200, { stock: 7 }]);
    assert.deepEqual(shop.calls.at(-1), { path: '/stock', authorization: `Bearer ${secret}` });
    await page.locator('.disc[data-step="steps/0"]').click();
    await changeInPlace(page, shop);
    await lookEverywhere(visitor, await recorded());
  } finally {
    shop.close();
  }
}

/** Changed without its secret, it keeps it. */
async function changeInPlace(page, shop) {
  await page.getByRole('button', { name: 'Change shop' }).click();
  const dialog = page.getByRole('dialog', { name: 'Connection shop' });
  assert.equal(await dialog.getByRole('textbox', { name: 'Token', exact: true }).inputValue(), '');
  await dialog.getByRole('textbox', { name: /^Base URL/ }).fill(`${shop.url}/v2`);
  await dialog.getByRole('button', { name: 'Test' }).click();
  await dialog.getByRole('status').getByText(/It works/).waitFor();
  assert.equal(shop.calls.at(-1).authorization, `Bearer ${secret}`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
}

/** No answer to the page, and nothing that the page shows, holds the secret. */
async function lookEverywhere(visitor, answers) {
  const { page } = visitor;
  const later = await record(page);
  const { items } = await visitor.get('/runs?scenario=stock');
  for (const path of [`/runs/${items[0].id}`, '/connections', '/scenarios/stock', '/settings', '/hooks/stock', '/runs']) {
    await visitor.open(path);
    if (path === '/connections') {
      const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'shop', exact: true }) });
      await card.getByRole('link', { name: 'stock', exact: true }).waitFor();
      await card.getByRole('button', { name: 'Change shop' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Token', exact: true }).waitFor();
      await page.keyboard.press('Escape');
    }
    assert.ok(!holdsSecret(await page.content()), `${path} shows the secret`);
  }
  const all = [...answers, ...(await later())];
  for (const wanted of ['/api/v1/connections', '/api/v1/connections/test', '/api/v1/connections/shop', `/api/v1/runs/${items[0].id}`]) {
    assert.ok(all.some(({ url }) => url?.endsWith(wanted)), `${wanted} was never answered`);
  }
  assert.deepEqual(all.filter(({ body }) => holdsSecret(body)).map(({ url }) => url), [], 'answers with the secret');
}

async function dialogIsAccessible(visitor) {
  const { page } = visitor;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await openStep(visitor, 'stock-look');
    const dialog = await openDialog(page);
    await dialog.getByRole('combobox', { name: 'Type' }).selectOption('bearer');
    await dialog.getByRole('textbox', { name: 'Token', exact: true }).fill('x');
    await dialog.getByRole('textbox', { name: /^Base URL/ }).fill('http://127.0.0.1:9');
    await dialog.getByRole('button', { name: 'Test' }).click();
    await dialog.getByText('It does not work').waitFor();
    assert.deepEqual(await visitor.accessibilityFaults(), [], `the dialog in ${colorScheme} colours`);
    await visitor.shot(`connection-${colorScheme}`);
    await page.keyboard.press('Escape');
  }
  await page.evaluate(() => localStorage.setItem('language', 'zh-TW'));
  await page.goto('/scenarios/stock-look');
  await page.locator('.disc[data-step="steps/0"]').click();
  await page.locator('.form details summary').first().click();
  await page.locator('[data-path$="/connection"] button').last().click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('select').selectOption('bearer');
  await dialog.locator('input[type=password]').fill('x');
  await dialog.locator('input[inputmode=url]').fill('http://127.0.0.1:9');
  await dialog.locator('.test').click();
  const said = dialog.getByRole('status').locator('.error p');
  await said.first().waitFor();
  await visitor.shot('connection-zh-TW');
  assert.match(await said.first().innerText(), /\p{Script=Han}/u);
}

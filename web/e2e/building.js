// What the editor is for: somebody builds what they need, in few clicks.
import assert from 'node:assert/strict';

import { postbox, tables } from './far.js';

export const buildingTests = [
  ['m01 webhook, sheet, mail and answer are built in at most 25 clicks and two minutes', buildsAll],
];

const patience = 120_000; // milliseconds

async function buildsAll(visitor) {
  const { page, context, server } = visitor;
  const [sheet, mail] = [await tables(), await postbox()];
  try {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const began = Date.now();
    await visitor.open('/');
    const id = await build(visitor, sheet, mail);
    const answer = await server.call(id, { number: 'B2', total: 12 });
    assert.deepEqual([answer.status, await answer.json()], [200, { ok: true, number: 'B2' }]);
    assert.ok(Date.now() - began < patience);
    assert.deepEqual(sheet.rows, [['B2', 12]]);
    assert.equal(mail.mails.length, 1);
    assert.match(mail.mails[0], /^Subject: Order B2\r?$/m);
    assert.match(mail.mails[0], /^To: warehouse@example\.com\r?$/m);
  } finally {
    sheet.close();
    mail.close();
  }
}

/** Builds it as a person with a mouse does: every press of its button counts, typing and Tab do not. */
async function build(visitor, sheet, mail) {
  const { page } = visitor;
  let clicks = 0;
  const click = async (locator) => {
    await locator.click();
    clicks += 1;
  };
  const button = (name) => page.getByRole('button', { name, exact: true });
  const field = (name) => page.locator('.form').getByRole('textbox', { name, exact: true });
  const value = (name) => page.getByRole('complementary', { name: 'Data' }).getByRole('treeitem').filter({ hasText: name }).first();
  const type = (text) => page.keyboard.insertText(text);
  const add = async (name) => {
    const forms = page.locator('.form[data-step]');
    const before = (await forms.count()) > 0 ? await forms.first().getAttribute('data-step') : '';
    await click(button('Add a step at the end'));
    await page.locator('dialog[open] input:focus').waitFor();
    await type(name);
    await page.keyboard.press('Enter');
    // The form of the step before has buttons of the same names.
    await page.locator(`.form[data-step^="steps/"]:not([data-step="${before}"])`).waitFor();
  };

  await click(button('New scenario').first());
  await click(page.getByRole('button', { name: /^Webhook/ }));
  await click(page.getByRole('button', { name: 'Listen' }));
  await page.getByText('Listening').first().waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"number":"A1","total":6}' });
  await page.locator('.module .bubble').first().waitFor();

  await add('sheets append');
  await click(page.locator('[data-path$="/connection"]').getByRole('button', { name: 'New' }));
  const dialog = page.getByRole('dialog', { name: 'New connection' });
  await dialog.getByRole('textbox', { name: /^Service account key/ }).and(page.locator(':focus')).waitFor();
  await type(JSON.stringify(sheet.account));
  await click(dialog.getByText(/more settings/));
  await click(dialog.getByRole('textbox', { name: /^API address/ }));
  await type(sheet.url);
  await click(dialog.getByRole('button', { name: 'Test' }));
  await dialog.getByText(/It works/).waitFor();
  await click(dialog.getByRole('button', { name: 'Save' }));
  await dialog.waitFor({ state: 'detached' });
  await click(field('Spreadsheet'));
  await type('sheet-1');
  await page.keyboard.press('Tab');
  await type('Orders');
  for (const name of ['number', 'total']) {
    await click(page.locator('[data-path$="/row"]').getByRole('button', { name: 'Add an item' }));
    await click(value(name));
  }

  await add('email.send');
  await click(page.locator('[data-path$="/connection"]').getByRole('button', { name: 'New' }));
  await dialog.getByRole('textbox', { name: /^Mail server/ }).and(page.locator(':focus')).waitFor();
  await type(mail.url);
  for (let tab = 0; tab < 3; tab += 1) await page.keyboard.press('Tab');
  await type('Shop <shop@example.com>');
  await click(dialog.getByRole('button', { name: 'Save' }));
  await dialog.waitFor({ state: 'detached' });
  await click(field('To'));
  await type('warehouse@example.com');
  await click(field('Subject'));
  await type('Order ');
  await click(value('number'));
  await click(field('Text'));
  await type('Please pack it today.');

  await add('respond');
  await click(page.getByRole('button', { name: 'Add a field' }).first());
  await type('number');
  await page.keyboard.press('Tab');
  await click(value('number'));
  await page.getByText('Draft saved').waitFor();
  await click(button('Publish'));
  await page.getByText('Live', { exact: true }).waitFor();
  assert.ok(clicks <= 25, `${clicks} clicks`);
  return new URL(page.url()).pathname.split('/').at(-1);
}

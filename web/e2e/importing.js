// What other tools exported becomes drafts: by drop, by paste, from files, with a report of every module.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const importTests = [
  ['m16 a blueprint that is dropped on the list becomes a draft, open at what is left to do', dropsOnList],
  ['m16 several files are looked at together, and each that is wanted becomes a draft', takesSeveral],
  ['m16 an archive is unpacked, and steps left to do are gone through', opensArchive],
  ['m16 a file that is none says so where it stands', refusesWords],
  ['m16 an address is fetched by the server, and not from within its own network', fetchesAddress],
  ['m16 a workflow that is pasted fills an empty canvas, and undo takes it back', pastesOnCanvas],
  ['m16 an import needs no mouse', worksByKeys],
  ['m16 an import is told in every language, in both themes, and fits a phone', fitsEverywhere],
];

const path = (name) => fileURLToPath(new URL(`imports/${name}`, import.meta.url));
const text = (name) => readFileSync(path(name), 'utf8');

/** Drops files as a person does who pulls them out of a folder. */
export async function drop(page, where, files) {
  const transfer = await page.evaluateHandle((given) => {
    const data = new DataTransfer();
    for (const { name, content } of given) data.items.add(new File([content], name, { type: 'application/json' }));
    return data;
  }, files);
  for (const type of ['dragenter', 'dragover']) await page.dispatchEvent(where, type, { dataTransfer: transfer });
  await page.getByText('Let go to import').waitFor();
  await page.dispatchEvent(where, 'drop', { dataTransfer: transfer });
}

/** Pastes as the browser does. */
export async function paste(page, content) {
  await page.evaluate((given) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', given);
    (document.activeElement ?? document.body).dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, content);
}

async function forget(visitor, ...ids) {
  for (const id of ids) await visitor.server.ask('DELETE', `/scenarios/${id}/draft`).catch(() => {});
}

async function dropsOnList(visitor) {
  const { page } = visitor;
  await forget(visitor, 'orders-of-the-shop');
  await visitor.open('/');
  await drop(page, 'main', [{ name: 'orders.json', content: text('orders.json') }]);
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByRole('heading', { name: 'Orders of the shop' }).waitFor();
  await dialog.getByText('Not executable: 1').waitFor();
  await dialog.getByText('Needs a connection: 2').waitFor();
  await dialog.getByText('6 of 6 expressions translated').waitFor();
  const undone = dialog.getByRole('listitem').filter({ hasText: 'billing-machine:CreateInvoice' }).last();
  await undone.getByText('no module here does this').waitFor();
  await undone.getByText('put a step that does this in place of the').waitFor();
  assert.equal(await dialog.getByRole('img', { name: 'A scenario of 6 steps' }).locator('circle[r="30"]').count(), 6);
  assert.equal(await dialog.locator('svg .ring').count(), 3, 'steps that need somebody are marked');
  const office = dialog.getByRole('combobox', { name: /^Office account/ });
  // Which names are free, and what is proposed, depends on the connections that other tests made.
  await office.selectOption('sandbox google');
  const [, name] = /^New: ([\w-]+) \(.+\), a sandbox/.exec(await office.locator('option:checked').innerText());
  await dialog.getByRole('combobox', { name: /^Team/ }).selectOption('sandbox slack_app');
  await visitor.shot('import-report');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await dialog.getByRole('button', { name: 'Create the draft' }).click();

  await page.waitForURL(/\/scenarios\/orders-of-the-shop\?step=/);
  const form = page.locator('.form[data-step="steps/2/route/branches/0/steps/0"]');
  await form.getByText('The import could not translate this step.').waitFor();
  await form.getByText('billing-machine:CreateInvoice').first().waitFor();
  const original = form.getByRole('group', { name: 'Original' });
  assert.match(await original.innerText(), /"customer": "\{\{1\.customer\}\}"/);
  await page.locator('[data-step="steps/2/route/branches/0/steps/0"].disc').waitFor();
  await visitor.shot('import-todo');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  const names = (await visitor.get('/connections')).items.filter(({ sandbox }) => sandbox).map(({ name }) => name);
  assert.ok(names.includes(name), `${name} is a sandbox`);

  await form.getByRole('button', { name: 'Replace by a module…' }).click();
  const search = page.getByRole('combobox', { name: 'Choose a module' });
  await search.waitFor();
  assert.equal(await search.inputValue(), 'http', 'nothing has the app’s name: a call of its API is offered');
  await page.keyboard.press('Enter');
  await page.locator('.form').getByText('http.request', { exact: true }).waitFor();
  await page.locator('.form').getByRole('group', { name: 'Original' }).waitFor();
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.getByText('Draft saved').waitFor();
  const { text: draft } = await visitor.get('/scenarios/orders-of-the-shop/draft');
  assert.match(draft, /- id: invoice\n {14}http\.request:\n/);
  assert.doesNotMatch(draft, /todo/);
  assert.match(draft, new RegExp(`connection: ${name}\\n`));
}

async function takesSeveral(visitor) {
  const { page } = visitor;
  await forget(visitor, 'orders-of-the-shop', 'orders-of-the-shop-2', 'answer-a-call');
  await visitor.open('/');
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import' });
  const orders = { name: 'orders.json', mimeType: 'application/json', buffer: Buffer.from(text('orders.json')) };
  await dialog.getByLabel('Choose files').setInputFiles([orders, { ...orders, name: 'again.json' }, { ...orders, name: 'answer.json', buffer: Buffer.from(text('answer.json')) }]);
  await dialog.getByText('3 scenarios found').waitFor();
  assert.equal(await dialog.getByRole('checkbox').count(), 3);
  assert.equal(await dialog.getByRole('combobox').count(), 2, 'an account is asked for once');
  await dialog.getByText('What becomes of it').first().click();
  await dialog.getByRole('img').first().waitFor();
  await dialog.getByRole('checkbox').nth(1).uncheck();
  await visitor.shot('import-several');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await dialog.getByRole('button', { name: 'Create 2 drafts' }).click();
  await dialog.getByText('2 drafts were made.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  const drafts = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Drafts' }) });
  await drafts.getByRole('link', { name: 'answer-a-call' }).waitFor();
  await drafts.getByRole('link', { name: 'orders-of-the-shop', exact: true }).waitFor();
  assert.equal(await drafts.getByRole('link', { name: 'orders-of-the-shop-2' }).count(), 0);
}

async function opensArchive(visitor) {
  const { page } = visitor;
  await forget(visitor, 'orders-of-the-shop', 'answer-a-call');
  await visitor.open('/');
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByLabel('Choose files').setInputFiles(path('shop.zip'));
  await dialog.getByText('2 scenarios found').waitFor();
  await dialog.getByRole('checkbox', { name: 'Answer a call' }).uncheck();
  await dialog.getByRole('button', { name: 'Create the draft' }).click();
  await page.waitForURL(/\/scenarios\/orders-of-the-shop\?step=/);
  const todo = page.locator('.form[data-step="steps/2/route/branches/0/steps/0"]');
  await todo.waitFor();
  assert.equal(await todo.getByRole('button', { name: /^Go to the next one/ }).count(), 0);
  await page.locator('.disc[data-step="steps/2/route/branches/0/steps/0"]').focus();
  await page.keyboard.press('Control+d');
  await page.locator('.form[data-step="steps/2/route/branches/0/steps/1"]').waitFor();
  await page.getByRole('button', { name: 'Go to the next one (1 more)' }).click();
  await todo.waitFor();
  await forget(visitor, 'orders-of-the-shop');
}

async function refusesWords(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 422/);
  visitor.expect(/status of 400/);
  await visitor.open('/');
  await drop(page, 'main', [
    { name: 'half.json', content: text('orders.json').slice(0, 400) },
    { name: 'other.json', content: '{"a": 1}' },
    { name: 'answer.json', content: text('answer.json') },
  ]);
  const dialog = page.getByRole('dialog', { name: 'Import' });
  const alert = dialog.getByRole('alert').first();
  await alert.getByText(/half\.json: the file is no JSON/).waitFor();
  await alert.getByText(/other\.json: the file is neither a blueprint of Make/).waitFor();
  await dialog.getByRole('heading', { name: 'Answer a call' }).waitFor();
  await dialog.getByRole('button', { name: 'Create the draft' }).isEnabled();
  await visitor.shot('import-refused');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
}

async function fetchesAddress(visitor) {
  const { page, server } = visitor;
  visitor.expect(/status of 422/);
  await visitor.open('/');
  await page.getByRole('button', { name: 'Import…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByLabel(/^Or its address/).fill(`${server.url}/orders.json`);
  const asked = page.waitForRequest(/\/api\/v1\/import$/);
  await page.keyboard.press('Enter');
  assert.deepEqual((await asked).postDataJSON(), { url: `${server.url}/orders.json` });
  await dialog.getByText(/private address.*--allow-private/).waitFor();
  await dialog.getByLabel(/^Or its address/).fill('no address');
  await dialog.getByRole('button', { name: 'Fetch' }).click();
  await dialog.getByText(/`?no address`? is no URL/).waitFor();
  assert.equal(await dialog.getByRole('alert').first().getByRole('listitem').count(), 2);
}

async function pastesOnCanvas(visitor) {
  const { page } = visitor;
  await visitor.open('/');
  await page.getByRole('button', { name: 'New scenario' }).first().click();
  await page.getByRole('heading', { name: 'What starts the scenario?' }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);
  await paste(page, text('answer.json'));
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByRole('button', { name: 'Put it here' }).click();
  await page.locator('.disc[data-step="steps/0"]').waitFor();
  await page.getByText('Draft saved').waitFor();
  assert.match((await visitor.get(`/scenarios/${id}/draft`)).text, /path: answer-a-call/);
  // Steps in YAML are steps still, and another blueprint is another scenario now.
  await page.locator('.disc[data-step="steps/0"]').focus();
  await paste(page, text('orders.json'));
  await dialog.getByRole('button', { name: 'Create the draft' }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.locator('.disc[data-step="steps/0"]').focus();
  await page.keyboard.press('Control+z');
  await page.getByRole('heading', { name: 'What starts the scenario?' }).waitFor();
  await forget(visitor, id);
}

async function worksByKeys(visitor) {
  const { page } = visitor;
  await forget(visitor, 'answer-a-call');
  await visitor.open('/');
  await page.getByRole('button', { name: 'Import…' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByLabel('Choose files').and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Tab');
  await dialog.getByLabel(/^Or its address/).and(page.locator(':focus')).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog.getByLabel('The text that the other tool exported').and(page.locator(':focus')).waitFor();
  await page.keyboard.insertText(text('answer.json'));
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await dialog.getByRole('heading', { name: 'Answer a call' }).waitFor();
  await dialog.getByRole('button', { name: 'Create the draft' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/scenarios\/answer-a-call$/);
  await page.locator('.disc[data-step="steps/0"]').waitFor();
  await forget(visitor, 'answer-a-call');
}

async function fitsEverywhere(visitor) {
  const { page } = visitor;
  const words = { en: ['Not executable', 'no module here does this'], 'zh-TW': ['無法執行', '這裡沒有模組能做這件事'], 'zh-CN': ['无法运行', '这里没有模块能做这件事'] };
  for (const [language, said] of Object.entries(words)) {
    const dark = language === 'zh-TW';
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize(language === 'zh-CN' ? { width: 390, height: 800 } : { width: 1280, height: 800 });
    await visitor.enter();
    await page.addInitScript((chosen) => localStorage.setItem('language', chosen), language);
    await page.goto('/');
    await page.locator('main h1').waitFor();
    await paste(page, text('orders.json'));
    const dialog = page.getByRole('dialog');
    for (const sentence of said) await dialog.getByText(sentence).first().waitFor();
    await visitor.shot(`import-${language}`);
    assert.deepEqual(await visitor.accessibilityFaults(), [], language);
    const excess = await page.evaluate(() => Math.max(document.documentElement.scrollWidth - innerWidth, ...[...document.querySelectorAll('dialog, dialog .inner')].map((one) => one.scrollWidth - one.clientWidth)));
    assert.ok(excess <= 0, `${language}: ${excess} px too wide`);
  }
}

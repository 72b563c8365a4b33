// Data stores as tables with typed columns, and as files.
import assert from 'node:assert/strict';

export const storeTests = [
  ['a data store gets typed columns, and what does not fit is refused with its column', setsColumns],
  ['a CSV is dropped into a data store: refused lines are told of, it is searched and sorted by column, and comes out again', takesFile],
  ['a file in Big5 is read in its character set, with the column of its keys chosen', readsCharset],
  ['the table and the dialogs of a data store are found by axe without fault, in both themes and on a phone', isAccessible],
];

const row = (page, key) => page.getByRole('listitem').filter({ has: page.getByRole('button', { name: `Change ${key}`, exact: true }) });

const columns = {
  columns: [
    { name: 'name', type: 'text', required: true },
    { name: 'orders', type: 'number', default: 0 },
    { name: 'open', type: 'flag' },
  ],
  others: 'refuse',
  revision: 0,
};

const csv = 'key,name,orders,open\nA1,王小明,12,yes\nA2,Ada,3,no\nA3,,5,no\nA4,Bo,many,no\nA5,"Lee, Grace",20,\n';

async function setsColumns(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 422/);
  await visitor.put('/stores/typed/first', { value: { email: 'a@example.com', orders: 2 } });
  await visitor.open('/stores/typed');
  await page.getByRole('button', { name: 'Columns', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Take the 2 columns' }).click();
  const line = dialog.getByRole('listitem');
  assert.deepEqual(await line.locator('select').evaluateAll((all) => all.map(({ value }) => value)), ['text', 'number']);
  await line.first().getByRole('checkbox', { name: 'required' }).check();
  await line.nth(1).getByRole('textbox', { name: 'Default' }).fill('0');
  await visitor.shot('store-columns');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row(page, 'first').getByText('a@example.com', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'New record' }).click();
  await dialog.getByLabel('Key').fill('second');
  await dialog.getByLabel(/^email/).fill('b@example.com');
  await dialog.getByLabel(/^orders/).fill('many');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByRole('alert').getByText('orders', { exact: false }).waitFor();
  await dialog.getByLabel(/^orders/).fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  await row(page, 'second').getByText('b@example.com', { exact: true }).waitFor();
  const { value } = await visitor.get('/stores/typed/second');
  assert.deepEqual(value, { email: 'b@example.com', orders: 0 });
  assert.deepEqual((await visitor.get('/columns/typed')).columns, [{ name: 'email', type: 'text', required: true }, { name: 'orders', type: 'number', required: false, default: 0 }]);
}

/** Lets a file fall onto the dialog, as out of a folder. */
async function drop(page, name, text) {
  await page.getByRole('dialog').locator('.zone').evaluate((zone, [name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, { type: 'text/csv' }));
    for (const type of ['dragover', 'drop']) zone.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, [name, text]);
}

async function takesFile(visitor) {
  const { page } = visitor;
  await visitor.put('/columns/people', columns);
  await visitor.open('/stores/people');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await drop(page, 'people.csv', csv);
  await dialog.getByText('nothing is written yet').waitFor();
  await dialog.getByText('2 lines refused').waitFor();
  for (const line of ['Line 4', 'Line 5']) await dialog.getByRole('listitem').filter({ hasText: line }).waitFor();
  await visitor.shot('store-import');
  assert.deepEqual((await visitor.get('/stores/people')).items, []);
  await dialog.getByRole('button', { name: 'Import 3 records' }).click();
  await dialog.getByText('Imported.').waitFor();
  await dialog.locator('footer').getByRole('button', { name: 'Close' }).click();
  await row(page, 'A5').getByText('Lee, Grace', { exact: true }).waitFor();

  const keys = () => page.getByRole('listitem').locator('.key').allInnerTexts();
  const shows = (expected) => page.waitForFunction((expected) => [...document.querySelectorAll('[role=listitem] .key')].map((key) => key.textContent.trim()).join() === expected, expected);
  await page.getByRole('button', { name: 'Sort by orders' }).click();
  await shows('A2,A1,A5');
  await page.getByRole('button', { name: 'Sort by orders' }).click();
  await shows('A5,A1,A2');
  await page.getByRole('combobox', { name: 'Column' }).selectOption('orders');
  await page.getByRole('combobox', { name: 'Test' }).selectOption('gt');
  await page.getByRole('group', { name: 'Search by column' }).getByRole('searchbox').fill('10');
  await shows('A5,A1');
  await visitor.shot('store-table');
  await page.reload();
  await row(page, 'A5').waitFor();
  assert.deepEqual(await keys(), ['A5', 'A1']);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  assert.equal(Buffer.concat(parts).toString().replaceAll('\r\n', '\n'), 'key,name,orders,open\nA1,王小明,12,true\nA5,"Lee, Grace",20,\n');
}

async function readsCharset(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 422/);
  await visitor.put('/stores/big5/before', { value: {} });
  await visitor.open('/stores/big5');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  const dialog = page.getByRole('dialog');
  // 編號,名稱 and B1,王, as Big5 has them.
  const buffer = Buffer.from([0xbd, 0x73, 0xb8, 0xb9, 0x2c, 0xa6, 0x57, 0xba, 0xd9, 0x0a, 0x42, 0x31, 0x2c, 0xa4, 0xfd, 0x0a]);
  await dialog.getByLabel('Choose a file').setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer });
  await dialog.getByRole('alert').getByText('The server answered').waitFor();
  await dialog.getByRole('combobox', { name: 'Character set' }).selectOption('big5');
  await dialog.getByRole('option', { name: '編號' }).waitFor({ state: 'attached' });
  await dialog.getByRole('combobox', { name: 'Column with the keys' }).selectOption('編號');
  await dialog.getByRole('button', { name: 'Import 1 record' }).click();
  await dialog.getByText('Imported.').waitFor();
  assert.deepEqual((await visitor.get('/stores/big5/B1')).value, { 名稱: '王' });
}

async function isAccessible(visitor) {
  const { page } = visitor;
  await visitor.put('/stores/looks/A1', { value: { name: 'Ada' } });
  await visitor.put('/columns/looks', columns);
  for (const [look, settings, width] of [['light', { colorScheme: 'light' }, 1280], ['dark', { colorScheme: 'dark' }, 1280], ['phone', { colorScheme: 'light' }, 390]]) {
    await page.emulateMedia(settings);
    await page.setViewportSize({ width, height: 800 });
    await visitor.open('/stores/looks');
    await row(page, 'A1').waitFor();
    await visitor.shot(`store-${look}`);
    assert.deepEqual(await visitor.accessibilityFaults(), [], `the table, ${look}`);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${look}: ${excess} px too wide`);
    for (const [name, act] of [['Columns', () => undefined], ['Import', () => drop(page, 'people.csv', csv)], ['New record', () => undefined]]) {
      await page.getByRole('button', { name, exact: true }).click();
      await page.getByRole('dialog').waitFor();
      await act();
      if (name === 'Import') await page.getByRole('dialog').getByText('2 lines refused').waitFor();
      await visitor.shot(`store-${name}-${look}`);
      assert.deepEqual(await visitor.accessibilityFaults(), [], `${name}, ${look}`);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
    }
  }
}

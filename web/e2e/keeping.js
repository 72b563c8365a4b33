// What one has is kept: through reloads, crashes, other writers, changes of mind; and it can be taken elsewhere.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

export const keepingTests = [
  ['a template is searched, taken with one click, tried, and its draft deleted', takesTemplate],
  ['m09 a draft is discarded, and undo brings it back', discards],
  ['m09 a file that is written while a draft is open is shown beside it, and neither is lost', noticesFile],
  ['m09 a reload in mid-edit loses nothing', survivesReload],
  ['m09 what is typed while the server is killed is saved when it is back', survivesKill],
  ['m06 canvas, form and code are taken back by one undo, to the byte', takesBackMixed],
  ['m14 a step is dragged onto a line', dragsStep],
  ['the scenario is saved as YAML and as a picture', exportsFiles],
];

const text = `# Orders of the shop.
name: Orders
trigger:
  manual: # by hand
steps:
  - id: list
    set:   { numbers: [1, 2, 3] }   # aligned by hand

  # whom to tell
  - name: Tell
    email.send:
      connection: shop-mail
      to: warehouse@example.com
      subject: Order   # one line
      text: A friendly word.
  - return: "{{ list.numbers.len() }}"
`;

const disc = (page, key) => page.locator(`.disc[data-step="${key}"]`);

async function edit(visitor, id) {
  visitor.expect(/status of 404/);
  await visitor.put(`/scenarios/${id}`, { text });
  await visitor.open(`/scenarios/${id}`);
  await disc(visitor.page, 'steps/0').waitFor();
}

/** The text of the draft once it is what is wanted. */
async function saved(visitor, id, wanted) {
  const end = Date.now() + 10_000;
  for (;;) {
    const draft = await visitor.get(`/scenarios/${id}/draft`).catch(() => undefined);
    if (draft && wanted.test(draft.text)) return draft.text;
    assert.ok(Date.now() < end, `the draft is not as wanted: ${draft?.text}`);
    await visitor.page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
}

/** Puts the caret at the end of the subject. */
async function enterSubject(page) {
  await disc(page, 'steps/1').click();
  await page.locator('.form').getByRole('textbox', { name: 'Subject', exact: true }).click();
  await page.keyboard.press('End');
}

async function takesTemplate(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 404/);
  await visitor.open('/templates');
  const all = await page.locator('li.panel').count();
  await page.getByRole('searchbox').fill('hello name');
  await page.waitForFunction((all) => document.querySelectorAll('li.panel').length < all, all);
  await page.getByRole('button', { name: /^Use/ }).first().click();
  await disc(page, 'trigger').waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1);
  await page.getByText('Never published').waitFor();
  await page.getByRole('button', { name: 'Run once' }).click();
  await page.getByText('Listening').first().waitFor();
  const url = await page.locator('.url.test code').innerText();
  const answer = await fetch(`${url}?name=Ada`);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /Ada/);
  await page.locator('.svelte-flow__node-module .bubble').nth(1).waitFor();
  await visitor.open('/');
  const draft = page.getByRole('listitem').filter({ hasText: 'Not published yet' }).filter({ has: page.getByRole('link', { name: id, exact: true }) });
  page.once('dialog', (dialog) => dialog.accept());
  await draft.getByRole('button', { name: `Delete the draft ${id}` }).click();
  await draft.waitFor({ state: 'detached' });
  const { items } = await visitor.get('/drafts');
  assert.ok(!items.some(({ scenario }) => scenario === id));
}

async function discards(visitor) {
  const { page } = visitor;
  await edit(visitor, 'discarded');
  await disc(page, 'steps/0').click();
  await page.keyboard.press('d');
  await saved(visitor, 'discarded', /disabled: true/);
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.waitForFunction(async () => !(await (await fetch('/api/v1/drafts')).json()).items.some(({ scenario }) => scenario === 'discarded'));
  await page.reload();
  await page.getByText('Live', { exact: true }).waitFor();
  await disc(page, 'steps/0').click();
  await page.keyboard.press('d');
  await saved(visitor, 'discarded', /disabled: true/);
  await page.getByRole('button', { name: 'Discard the draft' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await saved(visitor, 'discarded', /disabled: true/);
}

async function noticesFile(visitor) {
  const { page, server } = visitor;
  await edit(visitor, 'written');
  await disc(page, 'steps/0').click();
  await page.keyboard.press('d');
  const mine = await saved(visitor, 'written', /disabled: true/);
  const theirs = text.replace('name: Orders', 'name: Orders from the file');
  server.write('written.yaml', theirs);
  const dialog = page.getByRole('dialog', { name: 'This scenario was changed elsewhere' });
  await dialog.getByText('name: Orders from the file').waitFor();
  await dialog.getByText('disabled: true').waitFor();
  await dialog.getByRole('button', { name: 'Take theirs' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('heading', { name: 'Orders from the file' }).waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await saved(visitor, 'written', /disabled: true/), mine);
  assert.equal((await visitor.get('/scenarios/written')).text, theirs);
  await page.keyboard.press('Control+s');
  await page.getByText('Live', { exact: true }).waitFor();
  assert.equal((await visitor.get('/scenarios/written')).text, mine);
}

async function survivesReload(visitor) {
  const { page } = visitor;
  await edit(visitor, 'reloaded');
  await enterSubject(page);
  // Not one of these reaches the server before the page is gone.
  await page.route('**/api/v1/scenarios/reloaded/draft', (route) => route.abort());
  visitor.expect(/Failed to load resource|ERR_FAILED/);
  await page.keyboard.insertText(' of today 今天');
  await page.waitForFunction(() => localStorage.getItem('draft reloaded')?.includes('今天'));
  await page.reload();
  await page.unroute('**/api/v1/scenarios/reloaded/draft');
  await disc(page, 'steps/1').click();
  await page.locator('[data-path$="email.send/subject"]').getByText('Order of today 今天').waitFor();
  assert.equal(await saved(visitor, 'reloaded', /今天/), text.replace('subject: Order ', 'subject: Order of today 今天 '));
}

async function survivesKill(visitor) {
  const { page, server } = visitor;
  visitor.expect(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|Failed to load resource/);
  await edit(visitor, 'killed');
  await enterSubject(page);
  await page.keyboard.insertText(' one');
  await saved(visitor, 'killed', /Order one/);
  await page.keyboard.insertText(' two');
  await server.kill();
  try {
    await page.keyboard.insertText(' three');
    await page.getByText('Not saved').waitFor();
  } finally {
    await server.again();
  }
  // Whoever was signed in signs in again, and goes on where they were.
  await visitor.signIn(server.token);
  assert.equal(await saved(visitor, 'killed', /three/), text.replace('subject: Order ', 'subject: Order one two three '));
  await page.getByText('Draft saved').waitFor();
  assert.equal((await visitor.get('/scenarios/killed')).text, text);
}

async function takesBackMixed(visitor) {
  const { page } = visitor;
  await edit(visitor, 'mixed');
  await disc(page, 'steps/0').click();
  await page.keyboard.press('d');
  await enterSubject(page);
  await page.keyboard.insertText(' now');
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.locator('.yaml .cm-line').filter({ hasText: 'Orders of the shop' }).click();
  await page.keyboard.press('End');
  await page.keyboard.insertText(' All of them.');
  await disc(page, 'steps/2').click();
  await page.keyboard.press('F2');
  await page.getByRole('dialog').getByRole('textbox').fill('Ende');
  await page.keyboard.press('Enter');
  await disc(page, 'steps/2').click();
  await page.keyboard.press('Control+d');
  await disc(page, 'steps/3').waitFor();
  const changed = await saved(visitor, 'mixed', /Ende[^]*Ende/);
  for (const part of ['disabled: true', 'Order now', 'All of them.']) assert.ok(changed.includes(part), part);
  for (const gone of [/Ende[^]*Ende/, /Ende/, /All of them/, /Order now/, /disabled/]) {
    await page.locator('.svelte-flow__pane').click({ position: { x: 20, y: 20 } });
    await page.keyboard.press('ControlOrMeta+z');
    if (gone.source === 'disabled') break;
    const end = Date.now() + 10_000;
    while (gone.test((await visitor.get('/scenarios/mixed/draft')).text)) {
      assert.ok(Date.now() < end, `${gone} is still there`);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
  }
  await page.getByText('Live', { exact: true }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Undo' }).isEnabled(), false);
  const redo = page.getByRole('button', { name: 'Redo' });
  for (let act = 0; act < 5; act += 1) await redo.click();
  assert.equal(await saved(visitor, 'mixed', /Ende[^]*Ende/), changed);
}

async function dragsStep(visitor) {
  const { page } = visitor;
  await edit(visitor, 'dragged');
  await page.waitForFunction(() => document.querySelectorAll('.disc[data-step]').length === 4);
  const middle = async (key) => {
    const { x, y, width, height } = await disc(page, key).boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  };
  const [start, first, last] = [await middle('trigger'), await middle('steps/0'), await middle('steps/2')];
  await page.mouse.move(last.x, last.y);
  await page.mouse.down();
  await page.mouse.move((start.x + first.x) / 2, first.y, { steps: 12 });
  await page.mouse.up();
  const moved = await saved(visitor, 'dragged', /steps:\n\s+- return/);
  assert.ok(moved.includes('    set:   { numbers: [1, 2, 3] }   # aligned by hand\n\n  # whom to tell\n'), moved);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('Live', { exact: true }).waitFor();
}

async function exportsFiles(visitor) {
  const { page } = visitor;
  await edit(visitor, 'exported');
  const save = async (words) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(words);
    const [file] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    return [file.suggestedFilename(), readFileSync(await file.path(), 'utf8')];
  };
  assert.deepEqual(await save('YAML'), ['exported.yaml', text]);
  const [name, picture] = await save('SVG');
  assert.equal(name, 'exported.svg');
  const found = await page.evaluate((picture) => {
    const read = new DOMParser().parseFromString(picture, 'image/svg+xml');
    return { faults: read.querySelectorAll('parsererror').length, root: read.documentElement.localName, text: read.documentElement.textContent };
  }, picture);
  assert.deepEqual([found.faults, found.root], [0, 'svg']);
  for (const label of ['Tell', 'email.send', 'list']) assert.ok(found.text.includes(label), label);
}

// The editor: what a person does with it, each must-have once.
import assert from 'node:assert/strict';

export const editorTests = [
  ['m01 a new scenario answers a webhook after six clicks', answersAfterSixClicks],
  ['m05 what is done on the canvas changes only its lines', changesOnlyItsLines],
  ['m06 acts of every kind are taken back one by one, to the byte', takesBack],
  ['m07 an error is marked on its module', marksError],
  ['m07 what keeps a text from being published is shown at its field', refusesPublishing],
  ['m09 a reload brings the draft back, and the live version stays', keepsDraft],
  ['m09 two windows edit: neither loses its text', keepsBoth],
  ['m14 a module is found in any language and put in after the selection', findsModule],
  ['m16 steps are copied and pasted as YAML, from one scenario to another', pastesYaml],
  ['m16 where the clipboard may not be read, the menu asks for what is to be pasted', asksForPaste],
  ['m17 a scenario is built without a mouse', buildsByKeyboard],
  ['m17 a key pressed right after a dialog closes is not lost', losesNoKey],
  ['m17 what is typed before the list of modules is there is typed into it', typesAhead],
  ['m18 the outline lists every step in order', listsOutline],
  ['m23 a layout that could not be kept is told of, and sent again', keepsLayout],
  ['shift and a drag select the steps in a box', selectsBox],
  ['m23 notes, tidy, fit and search leave the text alone', tidies],
];

/** Makes a scenario of this text and opens it. */
async function edit(visitor, id, text) {
  await visitor.put(`/scenarios/${id}`, { text });
  await visitor.open(`/scenarios/${id}`);
  await visitor.page.locator('.svelte-flow__node-module').first().waitFor();
}

/** The text of the draft, once the server has it. */
async function saved(visitor, id) {
  await visitor.page.getByText('Draft saved').waitFor();
  return (await visitor.get(`/scenarios/${id}/draft`)).text;
}

const disc = (page, key) => page.locator(`.disc[data-step="${key}"]`);

const loop = `# Orders of the shop.
name: Orders
trigger:
  manual: # by hand
steps:
  - id: list
    set:   { numbers: [1, 2, 3] }   # aligned by hand

  # each order
  - for_each:
      in: list.numbers
      steps:
        - id: order
          set: { number: "{{ item }}" }
  - return: "{{ list.numbers.len() }}"
`;

async function answersAfterSixClicks(visitor) {
  const { page, context } = visitor;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visitor.open('/');
  let clicks = 0;
  const click = async (locator) => {
    await locator.click();
    clicks += 1;
  };
  await click(page.getByRole('button', { name: 'New scenario' }).first());
  await click(page.getByRole('button', { name: /^Webhook/ }));
  await disc(page, 'trigger').waitFor();
  const url = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(url, /\/hook-test\//);
  await click(page.getByRole('button', { name: 'Add a step at the end' }));
  await click(page.locator('[role=option][data-key=respond]'));
  await click(page.getByRole('button', { name: 'Run once' }));
  assert.ok(clicks <= 6, `${clicks} clicks`);
  await page.getByText('Listening').first().waitFor();
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' });
  assert.equal(answer.status, 200);
  const bubbles = page.locator('.svelte-flow__node-module .bubble');
  await bubbles.nth(1).waitFor({ timeout: 2000 });
  assert.deepEqual(await bubbles.allInnerTexts(), ['1', '1']);
}

async function changesOnlyItsLines(visitor) {
  const { page } = visitor;
  await edit(visitor, 'lines', loop);
  await disc(page, 'steps/2').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill('Ende 結束');
  await page.keyboard.press('Enter');
  await page.getByText('Ende 結束').first().waitFor();
  assert.equal(await saved(visitor, 'lines'), loop.replace('  - return:', '  - name: Ende 結束\n    return:'));
}

async function takesBack(visitor) {
  const { page } = visitor;
  await edit(visitor, 'back', loop);
  await disc(page, 'steps/0').click();
  await page.keyboard.press('d');
  await page.keyboard.press('Control+d');
  await disc(page, 'steps/3').waitFor();
  await disc(page, 'steps/2').click();
  await page.keyboard.press('Delete');
  await disc(page, 'steps/3').waitFor({ state: 'detached' });
  await page.keyboard.press('F2');
  await page.getByRole('dialog').getByRole('textbox').fill('Copy');
  await page.keyboard.press('Enter');
  await page.getByText('Draft saved').waitFor();
  assert.notEqual(await saved(visitor, 'back'), loop);
  const undo = page.getByRole('button', { name: 'Undo' });
  for (let act = 0; act < 4; act += 1) await undo.click();
  assert.equal(await undo.isEnabled(), false);
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByText('Draft saved').waitFor({ state: 'detached' });
  const redo = page.getByRole('button', { name: 'Redo' });
  for (let act = 0; act < 4; act += 1) await redo.click();
  await page.getByText('Copy').first().waitFor();
}

async function marksError(visitor) {
  const { page } = visitor;
  await edit(visitor, 'wrong', loop.replace('list.numbers\n', 'lst.numbers\n').replaceAll('lst', 'list'));
  await visitor.put('/scenarios/wrong/draft', { text: loop.replace('in: list.numbers', 'in: lst.numbers'), basis: null, revision: 0 });
  await page.reload();
  const wrong = page.locator('.svelte-flow__node-module', { has: page.locator('.disc[data-step="steps/1"]') });
  await wrong.getByTitle('Has errors').waitFor();
  assert.equal(await page.getByTitle('Has errors').count(), 1);
  await page.getByText('lst', { exact: false }).first().waitFor();
}

async function keepsDraft(visitor) {
  const { page } = visitor;
  await edit(visitor, 'kept', loop);
  await disc(page, 'steps/2').click();
  await page.keyboard.press('d');
  await page.getByText('Draft', { exact: true }).waitFor();
  await page.reload();
  await page.getByText('Draft', { exact: true }).waitFor();
  assert.match(await saved(visitor, 'kept'), /disabled: true/);
  assert.equal((await visitor.get('/scenarios/kept')).text, loop);
  await page.keyboard.press('Control+s');
  await page.getByText('Live', { exact: true }).waitFor();
  assert.match((await visitor.get('/scenarios/kept')).text, /disabled: true/);
}

async function keepsBoth(visitor) {
  const { page, context } = visitor;
  await edit(visitor, 'both', loop);
  const other = await context.newPage();
  await other.goto('/scenarios/both');
  await disc(other, 'steps/2').click();
  // The other window is cut off while this one saves.
  await other.route('**/api/v1/**', (route) => route.abort());
  await disc(page, 'steps/0').click();
  await page.keyboard.press('d');
  assert.match(await saved(visitor, 'both'), /disabled/);
  await other.keyboard.press('F2');
  await other.getByRole('dialog').getByRole('textbox').fill('Theirs');
  await other.keyboard.press('Enter');
  await other.getByText('Not saved').waitFor();
  await other.unroute('**/api/v1/**');
  const dialog = other.getByRole('dialog', { name: 'This scenario was changed elsewhere' });
  await dialog.waitFor();
  await dialog.getByText('name: Theirs').waitFor();
  await dialog.getByText('disabled: true').waitFor();
  await dialog.getByRole('button', { name: 'Keep mine' }).click();
  await other.getByText('Draft saved').waitFor();
  assert.match((await visitor.get('/scenarios/both/draft')).text, /Theirs/);
  await page.getByText('Theirs').first().waitFor();
  visitor.expect(/Failed to load resource|ERR_FAILED|status of 409/);
  await other.close();
}

async function findsModule(visitor) {
  const { page } = visitor;
  await edit(visitor, 'find', loop);
  const found = async (wanted) => {
    await page.getByRole('dialog').getByRole('combobox').fill(wanted);
    await page.locator('[role=option][data-key="google_sheets.append"]').waitFor();
  };
  await disc(page, 'steps/0').click();
  await page.keyboard.press('a');
  for (const wanted of ['試算表', 'sheets', 'Google Sheets', 'addRow']) await found(wanted);
  await page.getByRole('dialog').getByRole('combobox').fill('google_sheets.append');
  await page.keyboard.press('Enter');
  await disc(page, 'steps/3').waitFor();
  const text = await saved(visitor, 'find');
  assert.ok(text.indexOf('google_sheets.append') > text.indexOf('aligned by hand'));
  assert.ok(text.indexOf('google_sheets.append') < text.indexOf('for_each'));
}

async function pastesYaml(visitor) {
  const { page, context } = visitor;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await edit(visitor, 'from', loop);
  await disc(page, 'steps/1').click();
  await page.keyboard.press('Control+c');
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^# each order\n?|^- /);
  await edit(visitor, 'into', 'name: Into\ntrigger:\n  manual:\nsteps:\n  - id: order\n    set: { a: 1 }\n  - return: "{{ order.a }}"\n');
  await disc(page, 'steps/0').click();
  await page.keyboard.press('Control+v');
  await disc(page, 'steps/1/for_each/steps/0').waitFor();
  const text = await saved(visitor, 'into');
  assert.match(text, /for_each:/);
  assert.equal(text.match(/id: order\n/g)?.length, 1, 'ids stay unique');
}

async function refusesPublishing(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 422/);
  await edit(visitor, 'refused', loop);
  await visitor.put('/scenarios/refused/draft', { text: loop.replace('in: list.numbers', 'in: lst.numbers'), basis: null, revision: 0 });
  await page.reload();
  await page.getByRole('button', { name: 'Publish' }).click();
  const notice = page.getByRole('alert').filter({ hasText: 'The text has errors' });
  await notice.getByRole('button', { name: /^Show the/ }).waitFor();
  await page.locator('.form[data-step="steps/1"] [data-path$="for_each/in"] .faults .error').filter({ hasText: 'lst' }).waitFor();
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await page.keyboard.press('Escape');
  await disc(page, 'steps/2').click();
  await notice.getByRole('button', { name: /^Show the/ }).click();
  await page.locator('.form[data-step="steps/1"]').waitFor();
  await disc(page, 'steps/2').click();
  await page.keyboard.press('d');
  await notice.waitFor({ state: 'detached' });
}

async function keepsLayout(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 503/);
  await edit(visitor, 'placed', loop);
  await page.route('**/layout', (route) => (route.request().method() === 'PUT' ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  const { x, y } = await disc(page, 'steps/2').boundingBox();
  await page.mouse.move(x + 20, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 160, { steps: 5 });
  await page.mouse.up();
  const notice = page.getByRole('status').filter({ hasText: 'not saved yet' });
  await notice.waitFor();
  await page.unroute('**/layout');
  await notice.waitFor({ state: 'detached' });
  const { positions } = await visitor.get('/scenarios/placed/layout');
  assert.equal(Object.keys(positions).length, 1);
}

async function selectsBox(visitor) {
  const { page } = visitor;
  await edit(visitor, 'boxed', loop);
  const [first, last] = [await disc(page, 'steps/0').boundingBox(), await disc(page, 'steps/1').boundingBox()];
  const where = () => disc(page, 'trigger').boundingBox();
  const before = await where();
  await page.keyboard.down('Shift');
  await page.mouse.move(first.x - 30, first.y - 60);
  await page.mouse.down();
  await page.mouse.move(last.x + last.width + 4, last.y + last.height + 100, { steps: 5 });
  await page.mouse.up();
  await page.keyboard.up('Shift');
  await page.getByText('2 steps selected').waitFor();
  assert.deepEqual(await page.locator('.disc[aria-pressed=true]').evaluateAll((discs) => discs.map((one) => one.dataset.step)), ['steps/0', 'steps/1']);
  assert.deepEqual(await where(), before, 'the canvas stays where it is');
}

async function asksForPaste(visitor) {
  const { page } = visitor;
  await edit(visitor, 'asked', loop);
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined }));
  await disc(page, 'steps/1').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Paste' }).click();
  const dialog = page.getByRole('dialog', { name: 'Paste' });
  const paste = dialog.getByRole('button', { name: 'Paste' });
  await dialog.getByRole('textbox').fill('just words');
  await paste.click();
  await dialog.getByRole('alert').filter({ hasText: /./ }).waitFor();
  await dialog.getByRole('textbox').fill('- id: added\n  set: { a: 1 }\n');
  await paste.click();
  await dialog.waitFor({ state: 'detached' });
  await disc(page, 'steps/2').waitFor();
  assert.match(await saved(visitor, 'asked'), / {2}- id: added\n {4}set: \{ a: 1 \}\n/);
}

async function typesAhead(visitor) {
  const { page } = visitor;
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route('**/assets/Palette-*.js', async (route) => (await released, route.continue()));
  await visitor.open('/');
  await page.getByRole('button', { name: 'New scenario' }).first().click();
  await page.getByRole('button', { name: /^Webhook/ }).click();
  await disc(page, 'trigger').focus();
  await page.keyboard.press('a');
  await page.keyboard.type('respond');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('dialog[open]').count(), 0);
  release();
  await disc(page, 'steps/0').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-step') === 'steps/0');
}

async function buildsByKeyboard(visitor) {
  const { page } = visitor;
  await visitor.open('/');
  await page.getByRole('button', { name: 'New scenario' }).first().focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Webhook/ }).focus();
  await page.keyboard.press('Enter');
  await disc(page, 'trigger').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-step') === 'trigger');
  await page.keyboard.press('a');
  await page.keyboard.type('respond');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-step') === 'steps/0');
  await page.keyboard.press('ArrowLeft');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-step') === 'trigger');
  await page.keyboard.press('ArrowRight');
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-step') === 'steps/0');
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).getByText('Run once').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('outline');
  await page.keyboard.press('Enter');
  await page.getByRole('tree').waitFor();
  // A sign that is being composed does nothing.
  await page.evaluate(() => document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true, isComposing: true })));
  assert.equal(await page.getByRole('dialog').getByRole('combobox').count(), 0);
  await page.keyboard.press('Control+s');
  await page.getByText('Live', { exact: true }).waitFor();
}

async function losesNoKey(visitor) {
  const { page } = visitor;
  await edit(visitor, 'no-key-lost', loop);
  const keys = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  for (let time = 0; time < 10; time += 1) {
    await page.keyboard.press('?');
    await keys.waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('What would you like to do?').waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('dialog[open]').count(), 0);
  }
}

async function listsOutline(visitor) {
  const { page } = visitor;
  await edit(visitor, 'outline', loop);
  await page.getByRole('button', { name: 'Outline' }).click();
  const items = page.getByRole('tree').getByRole('treeitem');
  await items.first().waitFor();
  const keys = await items.evaluateAll((rows) => rows.map((row) => row.getAttribute('data-row')));
  assert.deepEqual(keys, ['trigger', 'steps/0', 'steps/1', 'steps/1/for_each/steps/0', 'steps/2']);
  assert.deepEqual(await items.evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-level'))), ['1', '1', '1', '2', '1']);
  await items.nth(3).click();
  await page.locator('.disc[data-step="steps/1/for_each/steps/0"][aria-pressed=true]').waitFor();
  assert.deepEqual(await visitor.accessibilityFaults(), []);
}

async function tidies(visitor) {
  const { page } = visitor;
  const steps = Array.from({ length: 45 }, (_, index) => `  - id: s${index}\n    set: { a: ${index} }\n`).join('');
  await edit(visitor, 'tidy', `name: Tidy\ntrigger:\n  manual:\nsteps:\n${steps}  - return: "{{ s44.a }}"\n`);
  await page.getByRole('img', { name: 'Map of the scenario' }).waitFor();
  const first = disc(page, 'steps/0');
  const before = await first.boundingBox();
  await page.mouse.move(before.x + 32, before.y + 32);
  await page.mouse.down();
  await page.mouse.move(before.x + 32, before.y + 200, { steps: 8 });
  await page.mouse.up();
  await page.waitForFunction((y) => document.querySelector('.disc[data-step="steps/0"]').getBoundingClientRect().y > y + 100, before.y);
  await page.getByRole('button', { name: 'Tidy up' }).click();
  await page.waitForFunction(() => {
    const [one, other] = ['steps/0', 'steps/1'].map((key) => document.querySelector(`.disc[data-step="${key}"]`).getBoundingClientRect());
    return Math.abs(one.y - other.y) < 2;
  });
  await page.getByRole('button', { name: 'Note on the canvas' }).click();
  const noted = page.waitForResponse((answer) => answer.url().endsWith('/layout') && answer.request().postData()?.includes('Ask Mei'));
  await page.getByRole('textbox', { name: 'Note' }).fill('<b>Ask Mei</b>');
  await page.locator('.svelte-flow__pane').click({ position: { x: 20, y: 20 } });
  await page.keyboard.press('/');
  await page.keyboard.type('s44');
  await page.keyboard.press('Enter');
  await page.locator('.disc[data-step="steps/44"][aria-pressed=true]').waitFor();
  await page.waitForFunction(() => document.activeElement?.getAttribute('data-step') === 'steps/44');
  await page.getByText('Live', { exact: true }).waitFor();
  await noted;
  const layout = await visitor.get('/scenarios/tidy/layout');
  assert.deepEqual(layout.positions, {});
  assert.equal(layout.notes[0].text, '<b>Ask Mei</b>');
}

// The form of a step: values put in as pills, previews, conditions in words, what is wrong, composing, connections.
import assert from 'node:assert/strict';

export const formTests = [
  ['m03 a click, a drag and the keyboard put the same pill, and Backspace takes it away whole', putsPills],
  ['m03 a step that is referred to for the first time gets its id in the same act', givesId],
  ['m03 a field that is given its name keeps the click, and braces that are typed are written once', writesRow],
  ['m04 a preview shows the value, and what was probably meant is one click away', previews],
  ['m07 what is wrong is said at its field', saysAtField],
  ['m13 a condition in words is an expression and back, and what words cannot say stays unharmed', buildsConditions],
  ['m06 what is typed in one field is one step of undo', undoesTyping],
  ['m19 what is composed is written when it is done', composes],
  ['m05 the text changes the form, and the form the text, comments kept', keepsBothSides],
];

const before = `subject: "Order "`;

/** Opens the scenario as it was at first, with a run whose values are known, at the form of a step. */
async function openForm(visitor, step = 'Tell') {
  const { page, server } = visitor;
  visitor.expect(/status of 404/);
  await fetch(`${server.url}/api/v1/scenarios/mapping/draft`, { method: 'DELETE', headers: { authorization: `Bearer ${server.token}` } });
  assert.equal((await server.call('mapping', { number: 'A1', total: 6 })).status, 200);
  await visitor.open('/scenarios/mapping');
  await page.locator('.svelte-flow__node').filter({ hasText: step }).locator('button[data-step]').click();
  await page.locator('.form[data-step]').waitFor();
  return page;
}

/** The text as the code view shows it. */
async function yaml(page) {
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.locator('.yaml .cm-content').waitFor();
  const lines = await page.locator('.yaml .cm-line').allInnerTexts();
  await page.getByRole('tab', { name: 'Form' }).click();
  await page.locator('.form[data-step]').waitFor();
  return lines.map((line) => line.replaceAll('\n', '')).join('\n');
}

function field(page, name) {
  return page.locator('.form').getByRole('textbox', { name, exact: true });
}

/** Puts the caret at the end of a field. */
async function enter(page, name) {
  await field(page, name).click();
  await page.keyboard.press('End');
}

async function value(page, name) {
  const panel = page.getByRole('complementary', { name: 'Data' });
  await panel.getByRole('searchbox').fill(name);
  return panel.getByRole('treeitem').first();
}

async function putsPills(visitor) {
  const page = await openForm(visitor);
  const wanted = 'subject: "Order {{ order.total }}"';
  const pill = field(page, 'Subject').locator('.cm-pill');
  const undo = () => page.keyboard.press('ControlOrMeta+z');

  await enter(page, 'Subject');
  await (await value(page, '訂單 total')).click();
  await pill.waitFor();
  assert.equal(await pill.innerText(), '訂單 › total');
  assert.ok((await yaml(page)).includes(wanted));

  await enter(page, 'Subject');
  await page.keyboard.press('Backspace');
  await pill.waitFor({ state: 'detached' });
  assert.ok((await yaml(page)).includes(before));

  await enter(page, 'Subject');
  await (await value(page, '訂單 total')).dragTo(field(page, 'Subject'));
  await pill.waitFor();
  assert.match(await yaml(page), /subject: "(Order )?\{\{ order\.total \}\}(Order )?"/);
  await enter(page, 'Subject');
  await undo();
  await pill.waitFor({ state: 'detached' });

  await enter(page, 'Subject');
  await (await value(page, '訂單 total')).focus();
  await page.keyboard.press('Enter');
  await pill.waitFor();
  assert.ok((await yaml(page)).includes(wanted));
}

async function writesRow(visitor) {
  const page = await openForm(visitor, 'Respond');
  await page.locator('.form').getByRole('button', { name: 'Add a field' }).click();
  await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label')?.startsWith('Name of the field'));
  const fresh = await page.evaluate(() => document.activeElement.value);
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('total');
  await field(page, fresh).click();
  await page.keyboard.type('{{ order.total }} pieces');
  assert.match(await yaml(page), /total: "\{\{ order\.total \}\} pieces"/);
}

async function givesId(visitor) {
  const page = await openForm(visitor);
  await enter(page, 'Subject');
  await page.locator('[role="treeitem"][aria-level="1"]').filter({ hasText: /^\W*set/ }).focus();
  await page.keyboard.press('Enter');
  await field(page, 'Subject').locator('.cm-pill').waitFor();
  const text = await yaml(page);
  assert.match(text, / {2}- id: (\w+)\n {4}set: \{ note: "thanks" \}/);
  assert.match(text, /subject: "Order \{\{ set\w* \}\}"/);
  await enter(page, 'Subject');
  await page.keyboard.press('ControlOrMeta+z');
  await field(page, 'Subject').locator('.cm-pill').waitFor({ state: 'detached' });
  assert.ok((await yaml(page)).includes(`  - set: { note: "thanks" }`));
}

async function previews(visitor) {
  const page = await openForm(visitor);
  await enter(page, 'Subject');
  await page.keyboard.type('{{');
  await page.keyboard.type('order.totl');
  const typed = Date.now();
  const meant = page.getByRole('button', { name: 'Did you mean total?' });
  await meant.waitFor();
  const took = Date.now() - typed;
  await page.keyboard.press('Escape');
  await meant.click();
  await page.locator('.preview output').filter({ hasText: 'Order 6' }).waitFor();
  assert.ok((await yaml(page)).includes('subject: "Order {{ order.total }}"'));
  assert.ok(took <= 600, `the suggestion came after ${took} ms`);
}

async function saysAtField(visitor) {
  const page = await openForm(visitor);
  await enter(page, 'Subject');
  await page.keyboard.type('{{');
  await page.keyboard.type('nobody.knows');
  const place = page.locator('[data-path$="email.send/subject"]');
  await place.locator('.faults .error').filter({ hasText: 'nobody' }).waitFor();
  assert.equal(await field(page, 'Subject').getAttribute('aria-invalid'), 'true');
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.locator('.yaml .cm-lint-marker-error').waitFor();
}

async function buildsConditions(visitor) {
  const page = await openForm(visitor);
  await page.getByText('When, retries, errors').click();
  const when = page.getByRole('group', { name: 'Only when' });
  await when.getByRole('textbox', { name: 'Condition 1: value' }).click();
  await page.keyboard.type('order.total');
  await page.keyboard.press('Escape');
  await when.getByLabel('Condition 1: operator').selectOption('>');
  await when.getByRole('textbox', { name: 'Condition 1: compared with' }).click();
  await page.keyboard.type('5');
  await when.getByRole('button', { name: 'Add a condition' }).click();
  await when.getByRole('textbox', { name: 'Condition 2: value' }).click();
  await page.keyboard.type('order.number');
  await page.keyboard.press('Escape');
  await when.getByLabel('Condition 2: operator').selectOption('starts_with');
  await when.getByRole('textbox', { name: 'Condition 2: compared with' }).click();
  await page.keyboard.type('A');
  await when.locator('.preview output').filter({ hasText: 'true' }).waitFor();
  const written = /when: (.*)/.exec(await yaml(page))?.[1];
  assert.match(written ?? '', /order\.total > 5 && order\.number\.starts_with\(.*A.*\)/);
  assert.equal(await when.getByLabel('Condition 2: operator').inputValue(), 'starts_with');

  await when.getByRole('button', { name: 'As an expression' }).click();
  const expression = when.getByRole('textbox', { name: 'Only when' });
  await expression.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('order.total > 5 && order.total < 9 || order.number != ""');
  await page.keyboard.press('Escape');
  await when.getByText('can only be shown as an expression').waitFor();
  assert.match(await yaml(page), /when: .*order\.total > 5 && order\.total < 9 \|\| order\.number != /);
}

async function undoesTyping(visitor) {
  const page = await openForm(visitor);
  await enter(page, 'Subject');
  await page.keyboard.type('twelve');
  assert.match(await yaml(page), /subject: "?Order twelve"?/);
  await enter(page, 'Subject');
  await page.keyboard.press('ControlOrMeta+z');
  await page.waitForFunction(() => !document.querySelector('.form')?.textContent?.includes('twelve'));
  assert.ok((await yaml(page)).includes(before));
}

/** A person types Bopomofo: letters are composed, chosen with Enter, and only then written. */
async function composes(visitor) {
  const page = await openForm(visitor);
  await enter(page, 'Subject');
  const keys = await page.context().newCDPSession(page);
  for (const text of ['ㄉ', 'ㄉㄧ', 'ㄉㄧㄥ', '訂']) {
    await keys.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
  }
  await keys.send('Input.insertText', { text: '訂單' });
  await page.waitForFunction(() => document.querySelector('[data-path$="subject"] .cm-content')?.textContent?.includes('訂單'));
  assert.match(await yaml(page), /subject: "?Order 訂單"?\n/);
}

async function keepsBothSides(visitor) {
  const page = await openForm(visitor);
  await page.getByRole('tab', { name: 'YAML' }).click();
  await page.locator('.yaml .cm-line').filter({ hasText: 'warehouse' }).click();
  await page.keyboard.press('End');
  await page.keyboard.type('.org   # who packs');
  await page.getByRole('tab', { name: 'Form' }).click();
  await field(page, 'To').filter({ hasText: 'warehouse@example.com.org' }).waitFor();
  await enter(page, 'To');
  await page.keyboard.press('Backspace');
  const text = await yaml(page);
  assert.ok(text.includes('      to: warehouse@example.com.or   # who packs'), text);
  assert.ok(text.startsWith('# Kept as it is: comments and order belong to whoever wrote them.'));
  assert.ok(text.includes('  - id: order   # what was ordered'));
}

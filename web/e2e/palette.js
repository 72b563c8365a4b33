// The list of modules, and what is pulled out of it onto the canvas.
import assert from 'node:assert/strict';

export const paletteTests = [
  ['m14 a module is pulled out of the list onto a line, and to the end', pullsOut],
  ['m14 what is let go beside everything, or at Escape, changes nothing', letsGo],
];

const text = `name: Pulled
trigger: { manual: {} }
steps:
  - id: first
    set: 1
  - id: last   # of all
    set: 2
`;

async function open(visitor, id) {
  await visitor.put(`/scenarios/${id}`, { text });
  await visitor.open(`/scenarios/${id}`);
  await visitor.page.locator('.disc[data-step="steps/1"]').waitFor();
}

/** Pulls a module out of the list, as far as this place on the canvas. */
async function pull(page, module, place) {
  await page.getByRole('button', { name: 'Add a step at the end' }).click();
  await page.locator('dialog[open] input').fill(module);
  const row = await page.locator(`[role=option][data-key="${module}"]`).boundingBox();
  await page.mouse.move(row.x + 40, row.y + row.height / 2);
  await page.mouse.down();
  await page.mouse.move(row.x + 60, row.y + row.height / 2 + 20);
  await page.locator('.carried').waitFor();
  const { x, y, width, height } = await page.locator(place).boundingBox();
  await page.mouse.move(x + width / 2 + 8, y + height / 2 - 8, { steps: 4 });
}

/** The text of the draft, once it has this in it. */
async function draft(visitor, id, wanted) {
  for (const end = Date.now() + 10_000; Date.now() < end; ) {
    const kept = await visitor.get(`/scenarios/${id}/draft`).catch(() => undefined);
    if (kept?.text.includes(wanted)) return kept.text;
    await visitor.page.evaluate(() => new Promise(requestAnimationFrame));
  }
  throw new Error(`no draft with ${wanted}`);
}

async function pullsOut(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 404/);
  await open(visitor, 'pulled');
  await pull(page, 'stop', '[data-at="steps/1"]');
  await page.locator('.carried').getByText('Let go to put it here').waitFor();
  await page.locator('.line.dropping').waitFor({ state: 'attached' });
  await visitor.shot('palette-pulled');
  await page.mouse.up();
  await page.locator('.form[data-step="steps/1"]').waitFor();
  const between = await draft(visitor, 'pulled', 'stop:');
  assert.ok(between.startsWith(text.slice(0, text.indexOf('  - id: last'))), between);
  assert.ok(between.endsWith(text.slice(text.indexOf('  - id: last'))), between);
  assert.match(between, /set: 1\n {2}- stop:.*\n(?: {4}.*\n)*? {2}- id: last/);
  await page.keyboard.press('Escape');
  await pull(page, 'filter', '[data-end="steps"]');
  await page.mouse.up();
  await page.locator('.form[data-step="steps/3"]').waitFor();
  const both = await draft(visitor, 'pulled', 'filter:');
  assert.ok(both.startsWith(between), both);
}

async function letsGo(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 404/);
  await open(visitor, 'let-go');
  for (const end of [() => page.mouse.up(), () => page.keyboard.press('Escape')]) {
    await pull(page, 'stop', '[data-at="steps/1"]');
    await page.mouse.move(400, 640);
    await page.locator('.carried').getByText('Pull it onto a line').waitFor();
    await end();
    await page.locator('.carried').waitFor({ state: 'detached' });
    await page.mouse.up();
  }
  assert.equal(await page.locator('.svelte-flow__node-module').count(), 3);
  await page.getByRole('button', { name: 'Undo' }).and(page.locator(':disabled')).waitFor();
}

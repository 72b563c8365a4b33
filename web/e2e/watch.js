// What a visitor must find of runs inside the editor: while they happen, afterwards, and for the webhook that starts them.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';

export const watchTests = [
  ['m02 a call of the webhook shows on the canvas how much went through each module', countsBundles],
  ['m02 what a step got and gave is shown as tree, table, JSON and raw', inspects],
  ['m11 a past run is opened on the version that ran, and replayed from a step', opensPast],
  ['a version is compared and restored', restores],
  ['a text is tried on past inputs', asksWhatIf],
  ['m08 a request becomes the sample, and a line of curl', takesSample],
  ['m08 while the page listens, a request to the test URL runs the draft and becomes the sample', listens],
  ['m10 what runs once is what is on the screen, while live runs are as published', runsDraft],
  ['m10 what the next run gets is said, and can be written by hand', runsWith],
  ['m12 one step runs alone, a run stops where asked, a pinned step is not called, a disabled one is left out', runsParts],
];

/** A scenario of its own for each test, called by its id. */
const text = (id) => `name: Bundles
trigger:
  webhook:
    path: ${id}
    verify: none
steps:
  - id: order
    set: { total: "{{ trigger.body.lines.len() }}" }
  - for_each:
      in: trigger.body.lines
      steps:
        - filter: item.qty > 1
        - id: line
          set: { double: "{{ item.qty * 2 }}" }
  - id: last
    set: { total: "{{ order.total }}", version: one }
  - respond:
      json: { total: "{{ last.total }}" }
`;

const lines = { lines: [{ qty: 1 }, { qty: 2 }, { qty: 3 }] };

/** The bubble of the module that stands in this place of the text. */
const bubble = (page, place) => page.locator('.module', { has: page.locator(`[data-step="${place}"]`) }).locator('.bubble');
const entry = (page, name) => page.getByRole('list', { name: 'Steps of the run' }).getByRole('button', { name });

/** Makes a scenario and opens it in the editor; that it has no draft is no fault. */
async function edit(visitor, id) {
  visitor.expect(/status of 404/);
  await visitor.open('/');
  await ask(visitor.page, 'POST', '/scenarios', { id, text: text(id) });
  await visitor.open(`/scenarios/${id}`);
  await visitor.page.locator('[data-step="trigger"]').waitFor();
}

/** Asks the server with the session of the page. */
function ask(page, method, path, body) {
  return page.evaluate(
    async ([method, path, body]) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.json();
    },
    [method, path, body],
  );
}

/** Has one run, and waits until it is shown. */
async function run(visitor, id) {
  const { page, server } = visitor;
  const answer = await server.call(id, lines);
  assert.equal(answer.status, 200);
  await page.getByRole('region', { name: 'Run and its steps' }).getByText('Succeeded', { exact: true }).waitFor();
}

async function open(page, tab) {
  await page.getByRole('tab', { name: tab }).click();
}

async function countsBundles(visitor) {
  const { page } = visitor;
  await edit(visitor, 'bundles-counted');
  await run(visitor, 'bundles-counted');
  for (const [place, count] of [['trigger', '1'], ['steps/1/for_each/steps/0', '2'], ['steps/1/for_each/steps/1', '2'], ['steps/3', '1']]) {
    await bubble(page, place).getByText(count, { exact: true }).waitFor();
  }
  await page.getByText('2 passed · 1 stopped').first().waitFor();
  await page.getByRole('status').filter({ hasText: /Succeeded: \d+ steps in/ }).waitFor({ state: 'attached' });
  await visitor.shot('run-in-the-editor');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
}

async function inspects(visitor) {
  const { page } = visitor;
  await edit(visitor, 'bundles-inspected');
  await run(visitor, 'bundles-inspected');
  await bubble(page, 'steps/1/for_each/steps/1').click();
  const output = page.getByRole('group', { name: 'Output: line' });
  await page.getByText('1 of 2').waitFor();
  await output.getByText('double').waitFor();
  await page.getByRole('button', { name: 'Next bundle' }).click();
  await page.getByText('2 of 2').waitFor();
  await page.getByRole('button', { name: 'Table', exact: true }).click();
  await page.getByRole('row', { name: 'double 6' }).waitFor();
  await page.getByRole('button', { name: 'JSON', exact: true }).click();
  assert.deepEqual(JSON.parse(await output.innerText()), { double: 6 });
  await page.getByRole('button', { name: 'Raw', exact: true }).click();
  assert.equal(await output.innerText(), '{"double":6}');
  await page.getByRole('button', { name: 'Input', exact: true }).click();
  await page.getByRole('group', { name: 'Input: line' }).getByText('{"item":{"qty":3}}').waitFor();
  await entry(page, /filter/).click();
  await page.getByRole('button', { name: 'Compared' }).click();
  const compared = page.getByRole('listitem').filter({ hasText: 'number' });
  await compared.getByText('false', { exact: true }).waitFor();
}

/** Publishes a text with one more step behind the editor's back, as a file that was written does. */
async function publishMore(page, id) {
  const { version } = await ask(page, 'GET', `/scenarios/${id}`);
  const more = text(id).replace('  - id: last\n', '  - id: between\n    set: { new: 1 }\n  - id: last\n');
  await ask(page, 'PUT', `/scenarios/${id}`, { text: more, version });
  await page.getByRole('button', { name: /^between/ }).waitFor();
}

async function opensPast(visitor) {
  const { page } = visitor;
  await edit(visitor, 'bundles-past');
  await run(visitor, 'bundles-past');
  await publishMore(page, 'bundles-past');
  await open(page, 'History');
  await page.getByRole('list', { name: 'Past runs' }).getByRole('listitem').first().getByRole('button', { name: /Succeeded/ }).click();
  await page.getByText('It cannot be edited').waitFor();
  assert.equal(await page.getByRole('button', { name: /^between/ }).count(), 0);
  await bubble(page, 'steps/1/for_each/steps/1').getByText('2', { exact: true }).waitFor();
  await entry(page, /last/).click();
  const before = await shownRun(page);
  await page.getByRole('button', { name: 'Replay from here' }).click();
  await page.waitForFunction((before) => !document.querySelector(`section a[href="${before}"]`), before);
  const replayed = await ask(page, 'GET', await shownRun(page));
  const again = replayed.steps.filter(({ copied }) => !copied).map(({ label }) => label);
  assert.deepEqual(again, ['last', 'respond']);
  await page.getByRole('button', { name: 'Back to editing' }).click();
  await page.getByRole('button', { name: /^between/ }).waitFor();
}

/** The address of the run that is shown. */
async function shownRun(page) {
  return page.getByRole('link', { name: 'All details' }).getAttribute('href');
}

async function restores(visitor) {
  const { page } = visitor;
  await edit(visitor, 'bundles-restored');
  await run(visitor, 'bundles-restored');
  await publishMore(page, 'bundles-restored');
  await open(page, 'Versions');
  const versions = page.getByRole('list', { name: 'Versions' }).getByRole('listitem');
  const old = versions.filter({ hasNotText: 'Live' }).first();
  await old.getByRole('button', { name: 'Compare' }).click();
  const changes = page.getByRole('group', { name: 'Changes from this version' });
  await changes.getByText('- id: between').waitFor();
  await old.getByRole('button', { name: 'Restore' }).click();
  await page.getByText('The text is as it was in this version').waitFor();
  await page.getByRole('button', { name: /^between/ }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: /^between/ }).waitFor();
}

async function asksWhatIf(visitor) {
  const { page } = visitor;
  await edit(visitor, 'bundles-asked');
  await run(visitor, 'bundles-asked');
  await publishMore(page, 'bundles-asked');
  await open(page, 'History');
  await page.getByRole('button', { name: 'What if these inputs came now?' }).click();
  await page.getByRole('button', { name: 'Compare', exact: true }).click();
  await page.getByText(/\d+ would be different/).waitFor();
  await page.getByRole('row').filter({ hasText: 'between' }).first().waitFor();
  assert.deepEqual(await visitor.accessibilityFaults(), []);
}

async function takesSample(visitor) {
  const { page, server, context } = visitor;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await edit(visitor, 'bundles-sample');
  await page.locator('[data-step="trigger"]').click();
  const url = page.getByRole('region', { name: 'Webhook URL' });
  await url.getByRole('button', { name: 'Live URL' }).click();
  await url.getByText(`${server.url}/hook/bundles-sample`, { exact: true }).waitFor();
  await url.getByRole('button', { name: 'Test URL' }).click();
  await url.getByText(`${server.url}/hook-test/bundles-sample`, { exact: true }).waitFor();
  const requests = page.getByRole('list', { name: 'Last requests' }).getByRole('listitem');
  const known = await requests.count();
  await server.call('bundles-sample', { lines: [{ qty: 41 }] });
  await page.waitForFunction((known) => document.querySelectorAll('[aria-label="Last requests"] > li').length === known + 1, known);
  await requests.first().getByRole('button', { name: 'Copy as curl' }).click();
  await page.getByText('Copied', { exact: true }).first().waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl [\s\S]*"qty":41/);
  await requests.first().getByRole('button', { name: 'Use as sample' }).click();
  await requests.first().getByText('Sample in use').waitFor();
}

async function listens(visitor) {
  const { page, server } = visitor;
  const id = 'bundles-heard';
  await edit(visitor, id);
  await page.locator('[data-step="trigger"]').click();
  const url = page.getByRole('region', { name: 'Webhook URL' });
  await url.getByRole('button', { name: 'Test URL' }).click();
  await url.getByRole('button', { name: 'Listen for a test request' }).click();
  await url.getByText('Listening', { exact: true }).waitFor();
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${server.url}/hook-test/${id}`, { method: 'POST', headers, body: JSON.stringify(lines) });
  assert.deepEqual(await answer.json(), { total: 3 });
  const request = page.getByRole('list', { name: 'Last requests' }).getByRole('listitem').first();
  await request.getByText('Test', { exact: true }).waitFor();
  await request.getByText('Sample in use').waitFor();
  await bubble(page, 'steps/1/for_each/steps/1').getByText('2', { exact: true }).waitFor();
  const missed = await fetch(`${server.url}/hook-test/greet`, { method: 'POST', headers, body: '{}' });
  assert.equal(missed.status, 404);
  assert.match((await missed.json()).detail, /\/hook\//);
  assert.deepEqual(await visitor.accessibilityFaults(), []);
}

/** The run that is on the screen, once it is over and is not the one before. */
async function finished(page, before) {
  await page.getByRole('region', { name: 'Run and its steps' }).getByText('Succeeded', { exact: true }).waitFor();
  const link = page.getByRole('link', { name: 'All details' });
  await link.and(page.locator(`:not([href="${before}"])`)).waitFor();
  return ask(page, 'GET', await link.getAttribute('href'));
}

const output = (run, label) => run.steps.find((step) => step.label === label)?.output;

async function runsDraft(visitor) {
  const { page, server } = visitor;
  const id = 'bundles-draft';
  await edit(visitor, id);
  await ask(page, 'PUT', `/scenarios/${id}/draft`, { text: text(id).replace('version: one', 'version: two'), basis: null, revision: 0 });
  await page.reload();
  await page.getByText('Draft', { exact: true }).waitFor();
  await server.call(id, lines);
  await page.locator('[data-step="trigger"]').click();
  await page.getByRole('list', { name: 'Last requests' }).getByRole('button', { name: 'Use as sample' }).first().click();
  await page.getByText('Sample in use').waitFor();
  await page.getByRole('button', { name: 'Run once' }).click();
  const tried = await finished(page, '');
  assert.deepEqual(output(tried, 'last'), { total: 3, version: 'two' });
  assert.equal(tried.trial, true);
  await bubble(page, 'steps/1/for_each/steps/1').getByText('2', { exact: true }).waitFor();
  await server.call(id, lines);
  const { items } = await ask(page, 'GET', `/runs?scenario=${id}&limit=1`);
  assert.deepEqual(output(await ask(page, 'GET', `/runs/${items[0].id}`), 'last'), { total: 3, version: 'one' });
}

async function runsWith(visitor) {
  const { page } = visitor;
  const id = 'bundles-given';
  await edit(visitor, id);
  const given = page.getByRole('button', { name: /^Input of the next run/ });
  await given.getByText('waits for a request').waitFor();
  await given.click();
  const dialog = page.getByRole('dialog', { name: 'What the next run gets' });
  await dialog.getByRole('radio', { name: 'What is written here' }).check();
  await dialog.getByRole('textbox', { name: 'Body (JSON)' }).fill('{ lines: 2 }');
  await dialog.getByRole('button', { name: 'Run with this' }).click();
  await dialog.getByRole('alert').getByText('This is not JSON').waitFor();
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await dialog.getByRole('textbox', { name: 'Body (JSON)' }).fill(JSON.stringify(lines));
  await dialog.getByRole('textbox', { name: 'Query' }).fill('name=Ada');
  await dialog.getByRole('button', { name: 'Run with this' }).click();
  const tried = await finished(page, '');
  assert.deepEqual(output(tried, 'last'), { total: 3, version: 'one' });
  const scope = await ask(page, 'GET', `/runs/${tried.id}/scope`);
  assert.deepEqual([scope.trigger.body, scope.trigger.query], [lines, { name: 'Ada' }]);
  await given.getByText('own input').waitFor();
}

/** A server that counts how often it is called. */
async function counter() {
  let calls = 0;
  const server = createServer((_, answer) => {
    calls += 1;
    answer.setHeader('content-type', 'application/json').end(JSON.stringify({ call: calls }));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, calls: () => calls, close: () => server.close() };
}

const parts = (url) => `name: Parts
trigger:
  manual: {}
steps:
  - id: asked
    http.request: { url: "${url}" }
  - id: used
    set: { call: "{{ asked.body.call }}" }
  - id: after
    set: { from: "{{ used.call }}" }
`;

async function runsParts(visitor) {
  const { page } = visitor;
  const far = await counter();
  try {
    visitor.expect(/status of 404/);
    await visitor.open('/');
    await ask(page, 'POST', '/scenarios', { id: 'parts', text: parts(far.url) });
    await visitor.open('/scenarios/parts');
    await page.locator('[data-step="steps/1"]').click();
    await page.keyboard.press('Shift+Enter');
    const upTo = await finished(page, '');
    assert.deepEqual(upTo.steps.map(({ label }) => label), ['asked', 'used']);
    assert.equal(far.calls(), 1);

    await page.locator('[data-step="steps/0"]').click();
    await page.keyboard.press('p');
    await page.keyboard.press('Control+Enter');
    const pinned = await finished(page, address(upTo));
    assert.deepEqual([output(pinned, 'after'), far.calls()], [{ from: 1 }, 1]);

    await page.locator('[data-step="steps/2"]').click();
    await page.keyboard.press('Alt+Enter');
    const alone = await finished(page, address(pinned));
    const done = alone.steps.filter(({ copied, pinned }) => !copied && !pinned).map(({ label }) => label);
    assert.deepEqual([done, output(alone, 'after'), far.calls()], [['after'], { from: 1 }, 1]);

    await page.keyboard.press('d');
    await page.keyboard.press('Control+Enter');
    const without = await finished(page, address(alone));
    assert.equal(without.steps.find(({ label }) => label === 'after').status, 'skipped');
    assert.equal(far.calls(), 1);
  } finally {
    far.close();
  }
}

const address = ({ id }) => `/runs/${id}`;

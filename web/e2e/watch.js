// What a visitor must find of runs inside the editor: while they happen, afterwards, and for the webhook that starts them.
import assert from 'node:assert/strict';

export const watchTests = [
  ['a call of the webhook shows on the canvas how much went through each module', countsBundles],
  ['what a step got and gave is shown as tree, table, JSON and raw', inspects],
  ['a past run is opened on the version that ran, and replayed from a step', opensPast],
  ['a version is compared and restored', restores],
  ['a text is tried on past inputs', asksWhatIf],
  ['a request becomes the sample, and a line of curl', takesSample],
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

// Files of strangers: nothing in them runs, asks elsewhere, or opens a dialog, from the first look at them to a run.
import assert from 'node:assert/strict';

import { assertHarmless, corpus, watch } from './hostile.js';
import { drop } from './importing.js';

export const hostileImportTests = [
  ['a hostile blueprint is shown as text in the report, on the canvas and in every form', showsBlueprint],
  ['a hostile workflow is shown as text from its report to its run', showsWorkflow],
  ['hostile names of files, and what is said of them, are shown as text', showsRefusals],
];

const hostile = (index) => corpus[index % corpus.length];

/** A blueprint of Make with something hostile in every place that people write into. */
function blueprint() {
  const modules = corpus.flatMap((text, index) => [
    {
      ...{ id: index * 2 + 2, module: 'util:SetVariable2', version: 1, parameters: {} },
      mapper: { name: text, scope: 'roundtrip', value: text },
      metadata: { designer: { x: index * 600, y: 0, name: text, notes: [{ content: text, id: index }] } },
    },
    {
      ...{ id: index * 2 + 3, module: index % 2 === 0 ? text : `billing:${text}`, version: 1 },
      parameters: { url: text },
      mapper: { [text]: text, nested: [{ [text]: [text] }] },
      filter: { name: text, conditions: [[{ a: text, o: 'text:equal', b: text }]] },
      metadata: { designer: { x: index * 600 + 300, y: 0, name: text }, restore: { parameters: { account: { label: text } } } },
    },
  ]);
  const calls = ['javascript:globalThis.canary="ran"', 'data:text/html,<script>globalThis.canary="ran"</script>'].map((url, index) => ({
    ...{ id: 100 + index, module: 'http:ActionSendData', version: 3, parameters: { handleErrors: false } },
    mapper: { url, method: 'get', headers: [{ name: 'x', value: hostile(0) }], qs: [], bodyType: '', parseResponse: true },
    metadata: { designer: { x: 0, y: 300 } },
  }));
  const sheet = {
    ...{ id: 200, module: 'google-sheets:addRow', version: 2, parameters: { __IMTCONN__: 7 } },
    mapper: { mode: 'select', spreadsheetId: hostile(0), sheetId: hostile(1), values: { 0: hostile(2) } },
    metadata: { designer: { x: 0, y: 600 }, restore: { parameters: { __IMTCONN__: { label: hostile(0) } } } },
  };
  const hook = { id: 1, module: 'gateway:CustomWebHook', version: 1, parameters: { hook: 1 }, mapper: {}, metadata: { designer: { x: -300, y: 0, name: hostile(0) } } };
  const notes = corpus.map((content, index) => ({ moduleIds: [index * 2 + 2], content: `<p>${content}</p>`, isFilterNote: false, metadata: {} }));
  return { name: corpus.join(' '), flow: [hook, ...modules, ...calls, sheet], metadata: { version: 1, designer: { orphans: [], notes } } };
}

/** A workflow of n8n that runs, and keeps and answers what is hostile. */
function workflow() {
  const call = { id: 'a', name: hostile(0), type: 'n8n-nodes-base.webhook', typeVersion: 2, position: [0, 0], parameters: { httpMethod: 'POST', path: 'hostile-import', responseMode: 'responseNode', options: {} } };
  const sets = corpus.map((text, index) => ({
    ...{ id: `s${index}`, name: `${index} ${text}`, type: 'n8n-nodes-base.set', typeVersion: 3.4, position: [220 * (index + 1), 0], notes: text, notesInFlow: true },
    parameters: { assignments: { assignments: [{ id: 'x', name: 'text', type: 'string', value: text.replaceAll('{{', '{ {') }] }, includeOtherFields: false, options: {} },
  }));
  const stick = { id: 'n', name: 'Note', type: 'n8n-nodes-base.stickyNote', typeVersion: 1, position: [0, -200], parameters: { content: corpus.join('\n') } };
  const answer = { id: 'z', name: 'Answer', type: 'n8n-nodes-base.respondToWebhook', typeVersion: 1.1, position: [4000, 0], parameters: { respondWith: 'json', responseBody: '={{ { "text": $json.text } }}', options: {} } };
  const chain = [call, ...sets, answer];
  const connections = Object.fromEntries(chain.slice(0, -1).map((node, index) => [node.name, { main: [[{ node: chain[index + 1].name, type: 'main', index: 0 }]] }]));
  return { name: corpus[0], nodes: [...chain, stick], connections, settings: {} };
}

/** Drops a file on the list, and looks at all that is said of it. */
async function report(visitor, file) {
  const { page } = visitor;
  await watch(visitor);
  await visitor.open('/');
  await drop(page, 'main', [{ name: `${corpus[0]}.json`, content: JSON.stringify(file) }]);
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByRole('img').waitFor();
  await page.evaluate(() => document.querySelectorAll('dialog details').forEach((details) => (details.open = true)));
  await assertHarmless(visitor, 'the report');
  return dialog;
}

/** Makes the draft and opens its steps, one after the other. */
async function openSteps(visitor, dialog) {
  const { page } = visitor;
  await dialog.getByRole('button', { name: 'Create the draft' }).click();
  await page.waitForURL(/\/scenarios\//);
  await page.locator('.disc[data-step="steps/0"]').waitFor();
  const keys = await page.locator('.disc[data-step]').evaluateAll((discs) => discs.map((disc) => disc.getAttribute('data-step')));
  // Every kind of step is among the first ones and the last ones.
  for (const key of [...keys.slice(0, 10), ...keys.slice(10).slice(-4)]) {
    await page.locator(`.disc[data-step="${key}"]`).dispatchEvent('click');
    await page.locator(`.form[data-step="${key}"]`).waitFor();
    await assertHarmless(visitor, `the form of ${key}`);
  }
  for (const tab of ['YAML', 'History']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('tab', { name: tab, selected: true }).waitFor();
    await assertHarmless(visitor, tab);
  }
  const id = new URL(page.url()).pathname.split('/').at(-1);
  return { id, keys };
}

async function showsBlueprint(visitor) {
  const dialog = await report(visitor, blueprint());
  const { id, keys } = await openSteps(visitor, dialog);
  assert.ok(keys.length > corpus.length, `${keys.length} steps were opened`);
  await visitor.open('/');
  await visitor.page.getByRole('link', { name: id, exact: true }).waitFor();
  await assertHarmless(visitor, 'the list with the draft', []);
  await visitor.open('/connections');
  await assertHarmless(visitor, 'the connections that were made', []);
  await visitor.server.ask('DELETE', `/scenarios/${id}/draft`);
}

async function showsWorkflow(visitor) {
  const { page, server } = visitor;
  const dialog = await report(visitor, workflow());
  const { id } = await openSteps(visitor, dialog);
  await page.getByText('Draft saved').waitFor();
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await page.getByText('Live', { exact: true }).waitFor();
  // What can be guessed gives way to a path that cannot.
  const { triggers } = await visitor.get(`/scenarios/${id}`);
  const answer = await server.call(triggers[0].path, Object.fromEntries(corpus.map((text) => [text, text])));
  assert.equal(answer.status, 200, server.said());
  await visitor.open('/');
  await assertHarmless(visitor, 'the list of scenarios');
  await visitor.open(`/runs?scenario=${id}`);
  await page.getByRole('row').filter({ has: page.getByRole('link') }).first().waitFor();
  await assertHarmless(visitor, 'the list of runs');
  const [{ id: run }] = (await visitor.get(`/runs?scenario=${id}&limit=1`)).items;
  await visitor.open(`/runs/${run}`);
  await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => (details.open = true)));
  await assertHarmless(visitor, 'the run');
  await server.ask('DELETE', `/scenarios/${id}`);
}

async function showsRefusals(visitor) {
  const { page } = visitor;
  visitor.expect(/status of 4(00|22)/);
  await watch(visitor);
  await visitor.open('/');
  const broken = corpus.map((text, index) => ({ name: `${text}.json`, content: index % 2 === 0 ? text : JSON.stringify({ [text]: text }) }));
  const unsound = { name: 'unsound.json', content: JSON.stringify({ name: corpus[0], flow: [{ id: corpus[0], mapper: corpus[1] }] }) };
  await drop(page, 'main', [...broken, unsound]);
  const dialog = page.getByRole('dialog', { name: 'Import' });
  await dialog.getByText(/unsound\.json/).waitFor();
  assert.equal(await dialog.locator('[role="alert"] li').count(), corpus.length + 1);
  await assertHarmless(visitor, 'files that are none');
}

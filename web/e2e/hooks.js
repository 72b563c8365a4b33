// What a visitor must find on the pages of hooks and of the requests they got.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

export const hookTests = [
  ['hooks are listed with who may call them', listsHooks],
  ['a new bin shows its address, its first request, and becomes a scenario', binBecomesScenario],
  ['a thousand requests a second are shown live, and none is lost', showsFlood],
  ['a long list scrolls, stays in its place and is walked by keys', walksList],
  ['a refused request says why', saysWhyRefused],
  ['a request is replayed, edited and sent again', sendsAgain],
  ['many requests are selected and replayed, and all are deleted', actsOnMany],
  ['requests are filtered by verdict and text, live', filters],
  ['nothing that a stranger sends is executed or turned around', executesNothing],
  ['what bodies have in common is learnt and watched', learnsSchema],
];

async function listsHooks(visitor) {
  const { page, server } = visitor;
  await visitor.open('/');
  await page.getByRole('link', { name: 'Hooks' }).click();
  await page.getByRole('heading', { name: 'Hooks', exact: true }).waitFor();
  const open = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'hello', exact: true }) });
  await open.getByText('Open', { exact: true }).waitFor();
  await open.getByText('verify: { bearer:').waitFor();
  await open.getByText(`${server.url}/hook/hello`, { exact: true }).waitFor();
  const closed = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'signed', exact: true }) });
  await closed.getByText('github', { exact: true }).waitFor();
  assert.equal(await closed.getByText('verify: {').count(), 0);
  await visitor.open('/scenarios/signed');
  await page.getByRole('link', { name: 'Requests', exact: true }).click();
  await page.getByRole('heading', { name: 'signed', exact: true }).waitFor();
}

async function binBecomesScenario(visitor) {
  const { page } = visitor;
  await visitor.open('/hooks');
  await page.getByRole('button', { name: 'New bin' }).click();
  await page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
  const line = await page.getByRole('group', { name: 'curl' }).innerText();
  const address = /'(http[^']+)'/.exec(line)?.[1];
  assert.ok(address, line);
  const answer = await fetch(address, { method: 'POST', headers: json, body: JSON.stringify({ sku: 'A-1', quantity: 2 }) });
  assert.equal(answer.status, 200);
  await row(page, 'Kept').click();
  await page.getByRole('group', { name: 'Body', exact: true }).getByText('"A-1"').waitFor();
  await page.getByRole('button', { name: 'Make a scenario of it' }).click();
  const text = page.getByLabel('Text', { exact: true });
  await text.waitFor();
  assert.match(await text.inputValue(), /webhook:/);
  await page.getByLabel('Name of the file').fill('made-of-a-request');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/scenarios/made-of-a-request');
  await page.getByRole('heading', { level: 1 }).waitFor();
  assert.equal(await page.getByText('Has errors').count(), 0);
}

async function showsFlood(visitor) {
  const { page, server } = visitor;
  const [seconds, rate] = [4, 1000];
  await visitor.open('/hooks/flood');
  await page.getByText('Live', { exact: true }).waitFor();
  const start = performance.now();
  const flood = pour(`${server.url}/hook/flood`, seconds, rate);
  await page.getByRole('button', { name: 'Pause' }).click({ timeout: 5000 });
  await page.getByRole('button', { name: /^Resume \([\d,]+ new\)$/ }).click({ timeout: 5000 });
  // The rows do not stand still; a person who clicks one gets whichever is there.
  await row(page, 'Taken').dispatchEvent('click', {}, { timeout: 5000 });
  const statuses = await flood;
  assert.deepEqual([...new Set(statuses)], [200]);
  const all = (seconds * rate).toLocaleString('en');
  await page.getByText(`${all} since you came`, { exact: true }).waitFor({ timeout: 20_000 });
  console.log(`      ${all} requests, all shown ${Math.round(performance.now() - start)} ms after the first`);
  await page.getByText(`${all} requests`, { exact: true }).waitFor();
}

async function walksList(visitor) {
  const { page, server } = visitor;
  await visitor.open('/hooks/flood');
  const list = page.locator('.scroller');
  const rows = list.getByRole('listitem');
  await rows.first().waitFor();
  assert.ok((await rows.count()) < 60, 'only what is seen is drawn');
  // Older ones are asked for when someone comes near the end.
  for (let times = 0; times < 6; times += 1) {
    const before = await rows.first().getAttribute('aria-setsize');
    await list.evaluate((scroller) => scroller.scrollTo(0, scroller.scrollHeight));
    await page.waitForFunction((size) => document.querySelector('[role=listitem][aria-setsize]')?.ariaSetSize !== size, before);
  }
  await list.evaluate((scroller) => scroller.scrollTo(0, 56 * 200));
  const third = () => list.evaluate((scroller) => {
    const top = scroller.getBoundingClientRect().top;
    return [...scroller.querySelectorAll('a')].find((link) => link.getBoundingClientRect().top >= top)?.id;
  });
  await page.locator('[role=listitem][aria-posinset="203"]').waitFor();
  const seen = await third();
  await Promise.all(Array.from({ length: 20 }, () => fetch(`${server.url}/hook/flood`)));
  await page.getByText('20 since you came', { exact: true }).waitFor();
  assert.equal(await third(), seen, 'what is looked at stays where it is');
  await list.evaluate((scroller) => scroller.scrollTo(0, 0));
  await rows.first().getByRole('link').click();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const focused = await page.evaluate(() => document.activeElement?.closest('[role=listitem]')?.ariaPosInSet);
  assert.equal(focused, '3');
  await page.locator('section.detail').getByRole('heading', { level: 2 }).waitFor();
}

async function saysWhyRefused(visitor) {
  const { page, server } = visitor;
  const headers = { ...json, 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` };
  const answer = await fetch(`${server.url}/hook/signed`, { method: 'POST', headers, body: '{"ref": "main"}' });
  assert.equal(answer.status, 401);
  await visitor.open('/hooks/signed');
  await row(page, 'Refused').click();
  const why = page.getByRole('region', { name: 'Why it was refused' });
  await why.getByText('Expected').waitFor();
  await why.getByText('What was signed').click();
  await why.getByText('{"ref": "main"}').waitFor();
  await visitor.shot('hook-refused');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
}

async function sendsAgain(visitor) {
  const { page, server } = visitor;
  await server.call('hello', { name: 'Ada' });
  await visitor.open('/hooks/hello');
  await row(page, 'Taken').click();
  await page.getByRole('button', { name: 'Replay', exact: true }).click();
  await page.getByRole('link', { name: 'See the run' }).waitFor();
  await page.getByRole('button', { name: 'Edit and resend' }).click();
  const form = page.getByRole('region', { name: 'Edit and resend' });
  await form.getByLabel('Headers').fill('no header');
  await form.getByRole('button', { name: 'Send' }).click();
  await page.getByText('This is no header: “no header”').waitFor();
  await form.getByLabel('Headers').fill('content-type: application/json\nx-edited: yes');
  await form.getByLabel('Query').fill('edited=1');
  await form.getByLabel('Body').fill('{"name": "Grace"}');
  await form.getByRole('button', { name: 'Send' }).click();
  await form.getByText('It was answered 200.').waitFor();
  await form.getByRole('link', { name: 'See the run' }).click();
  await page.getByRole('heading', { name: 'Run of hello' }).waitFor();
  await page.getByText('Hello, Grace').first().waitFor();
  await page.goBack();
  await row(page, 'edited=1').click();
  await page.getByText('Made from request').waitFor();
  await page.getByRole('table', { name: 'Headers' }).getByText('x-edited').waitFor();
}

async function actsOnMany(visitor) {
  const { page, context, server } = visitor;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  for (const name of ['one', 'two', 'three']) await server.call('batch', { name });
  await visitor.open('/hooks/batch');
  for (let index = 0; index < 3; index += 1) await page.getByRole('checkbox').nth(index).check();
  await page.getByText('3 selected').waitFor();
  await page.getByRole('button', { name: 'Replay selected' }).click();
  await page.getByText('3 requests replayed.').waitFor();
  await row(page, 'Taken').click();
  await page.getByRole('button', { name: 'curl', exact: true }).click();
  await page.getByRole('group', { name: 'curl', exact: true }).getByText('/hook/batch').waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^curl .*\/hook\/batch/s);
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Delete all requests' }).click();
  await page.getByRole('heading', { name: 'Waiting for the first request' }).waitFor();
}

async function filters(visitor) {
  const { page, server } = visitor;
  await server.call('batch', { name: 'needle in it' });
  await server.call('batch', { name: 'hay' });
  await visitor.open('/hooks/batch');
  await page.getByLabel('Verdict').selectOption('refused');
  await page.getByRole('heading', { name: 'No request fits these filters' }).waitFor();
  await page.waitForURL('**?verdict=refused');
  await page.getByRole('link', { name: 'Show all requests' }).click();
  await page.getByRole('listitem').nth(1).waitFor();
  await page.getByLabel('Contains').fill('needle');
  await page.waitForURL('**?q=needle');
  await page.getByText('0 since you came').waitFor();
  await page.getByRole('listitem').first().waitFor();
  assert.equal(await page.getByRole('listitem').count(), 1);
  await server.call('batch', { name: 'hay' });
  await server.call('batch', { name: 'another needle' });
  await page.getByText('1 since you came').waitFor();
  assert.equal(await page.getByRole('listitem').count(), 2);
}

/** What strangers send to find out whether a page executes or believes it. */
const hostile = [
  '<img src=x onerror="globalThis.canary=1">',
  '<svg onload="globalThis.canary=1">',
  '</script><script>globalThis.canary=1</script>',
  '"><iframe src="javascript:parent.canary=1">',
  '{@html `<b>canary</b>`}',
  'invoice\u202Efdp.exe',
  '\u001b[31mred\u001b[0m',
];

const long = `<img src=x onerror="globalThis.canary=1">${'z'.repeat(1_000_000)}`;

async function executesNothing(visitor) {
  const { page, server } = visitor;
  for (const text of hostile) {
    const address = `${server.url}/hook/batch?${encodeURIComponent(text)}=${encodeURIComponent(text)}`;
    const headers = { ...json, 'x-hostile': encodeURIComponent(text), 'x-shown': text.replace(/[^\x20-\x7e]/g, '') };
    await fetch(address, { method: 'POST', headers, body: JSON.stringify({ [text]: text, name: text, deep: [{ [text]: text }] }) });
  }
  await fetch(`${server.url}/hook/batch`, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: long });
  await visitor.open('/hooks/batch');
  const links = page.getByRole('listitem').getByRole('link');
  await links.nth(hostile.length).waitFor();
  for (let index = 0; index <= hostile.length; index += 1) {
    await links.nth(index).click();
    await page.getByRole('heading', { name: /^Body/ }).waitFor();
    for (const view of ['Text', 'Hex', 'Tree']) {
      const button = page.getByRole('button', { name: view, exact: true }).first();
      if (await button.isVisible()) await button.click();
    }
    for (const closed of await page.locator('details:not([open]) > summary').all()) await closed.click();
    const strange = await page.evaluate(() => document.querySelectorAll('main :is(img, iframe, script, object, embed)').length);
    assert.equal(strange, 0, 'no element came from a request');
    const shown = await page.locator('main').innerText();
    assert.ok(!/[\u202e\u001b]/.test(shown), 'marks that hide or turn text are written out');
  }
  await links.nth(0).click();
  await page.getByRole('button', { name: 'Show it anyway' }).click();
  await page.getByRole('button', { name: 'Text', exact: true }).first().waitFor();
  assert.ok((await page.getByRole('group', { name: 'Body', exact: true }).innerText()).length < 30_000, 'a long body is cut');
  await page.getByRole('button', { name: `Show all ${long.length.toLocaleString('en')} characters` }).click();
  await page.waitForFunction(() => (document.querySelector('pre')?.textContent?.length ?? 0) > 1_000_000);
  assert.equal(await page.evaluate(() => globalThis.canary), undefined, 'nothing was executed');
}

async function learnsSchema(visitor) {
  const { page, server } = visitor;
  for (const quantity of [1, 2, 3]) await server.call('shape', { sku: 'A-1', quantity });
  await visitor.open('/hooks/shape');
  await page.getByRole('button', { name: 'Learnt schema' }).click();
  await page.getByText('Learnt from 3 requests.').waitFor();
  await page.getByRole('group', { name: 'JSON Schema' }).getByText('"quantity"').waitFor();
  await page.getByRole('button', { name: 'Warn me when the shape changes' }).click();
  await page.getByText('You are warned when the shape changes.').waitFor();
  await server.call('shape', { sku: 'A-1', quantity: 'many' });
  await page.getByRole('link', { name: 'The last that did not fit' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Learnt schema' }).click();
  await page.getByRole('button', { name: 'Warn me no longer' }).click();
  await page.getByRole('button', { name: 'Warn me when the shape changes' }).waitFor();
}

const json = { 'content-type': 'application/json' };

/** The first request in the list of which the row has this text. */
function row(page, text) {
  return page.getByRole('listitem').filter({ hasText: text }).first().getByRole('link');
}

/** Calls an address at a rate (per second) for some seconds; gives the statuses of all answers. */
async function pour(address, seconds, rate) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const start = performance.now();
  const answers = [];
  while (answers.length < seconds * rate) {
    const due = Math.min(seconds * rate, ((performance.now() - start) / 1000) * rate);
    while (answers.length < due) answers.push(call(address, agent));
    await pause(5);
  }
  const statuses = await Promise.all(answers);
  agent.destroy();
  return statuses;
}

function call(address, agent) {
  return new Promise((done, failed) => {
    const sent = request(address, { agent }, (answer) => {
      answer.resume();
      answer.on('end', () => done(answer.statusCode));
    });
    sent.on('error', failed);
    sent.end();
  });
}

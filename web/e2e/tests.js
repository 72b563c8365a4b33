// What a visitor must find. The tests share one server and run in this order.
import assert from 'node:assert/strict';

import { buildingTests } from './building.js';
import { connectionTests } from './connections.js';
import { formTests } from './forms.js';
import { editorTests } from './editor.js';
import { hookTests } from './hooks.js';
import { languageTests } from './languages.js';
import { hostileImportTests } from './hostile-imports.js';
import { importTests } from './importing.js';
import { hostileTests } from './hostile.js';
import { keepingTests } from './keeping.js';
import { mailhookTests } from './mailhooks.js';
import { oauthTests } from './oauth.js';
import { pageTests } from './pages.js';
import { paletteTests } from './palette.js';
import { scheduleTests } from './schedules.js';
import { storeTests } from './stores.js';
import { tryingTests } from './trying.js';
import { valueTests } from './values.js';
import { watchTests } from './watch.js';
import { speedTests } from './speed.js';

export const tests = [
  ['without a session the page asks for the token', asksForToken],
  ['the scenarios of the folder are listed', listsScenarios],
  ['a webhook URL can be copied', copiesUrl],
  ['an empty list of runs says what to do', saysWhatToDo],
  ['a call of a webhook appears as a run by itself', showsNewRun],
  ['a run shows each step and the answer', showsSteps],
  ['a failed run says why', saysWhy],
  ['a call to a sandbox is marked', marksSandbox],
  ['a person answers a run by its link', answersByLink],
  ['a held run is tried again and cancelled', leadsHeldRun],
  ['a broken text shows where it is broken', showsPlace],
  ['runs are filtered and loaded in pages', pages],
  ...formTests,
  ...connectionTests,
  ...oauthTests,
  ...buildingTests,
  ...hookTests,
  ...pageTests,
  ...languageTests,
  ...watchTests,
  ...importTests,
  ...hostileTests,
  ...hostileImportTests,
  ...speedTests,
  ...editorTests,
  ...scheduleTests,
  ...mailhookTests,
  ...storeTests,
  ...paletteTests,
  ...valueTests,
  ...tryingTests,
  ...keepingTests,
  ['an unknown address leads back', leadsBack],
  ['m18 axe finds nothing on any page in light colours', (visitor) => isAccessible(visitor, 'light')],
  ['m18 axe finds nothing on any page in dark colours', (visitor) => isAccessible(visitor, 'dark')],
  ['m22 a phone needs no sideways scrolling on any page', fitsPhone],
];

async function asksForToken(visitor) {
  const { page, server } = visitor;
  await page.goto('/');
  await page.locator('.door form').waitFor();
  await visitor.shot('login');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await visitor.signIn('not the token');
  await page.getByText('does not know this token').waitFor();
  await visitor.signIn(server.token);
  await page.getByRole('heading', { name: 'Scenarios', exact: true }).waitFor();
}

async function listsScenarios(visitor) {
  const { page, server } = visitor;
  await visitor.open('/');
  for (const name of ['Hello', 'Greet by mail', 'Ask a partner']) await page.getByRole('link', { name, exact: true }).waitFor();
  await page.getByText(`${server.url}/hook/hello`, { exact: true }).waitFor();
  const broken = page.getByRole('listitem').filter({ hasText: 'Has errors' }).first();
  await broken.getByText('line 5', { exact: false }).waitFor();
}

async function copiesUrl(visitor) {
  const { page, context, server } = visitor;
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await visitor.open('/scenarios/hello');
  await page.getByRole('button', { name: 'Copy the webhook URL' }).click();
  await page.getByRole('status').getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${server.url}/hook/hello`);
}

async function saysWhatToDo(visitor) {
  await visitor.open('/runs');
  await visitor.page.getByRole('heading', { name: 'No runs yet' }).waitFor();
  const line = await visitor.page.getByRole('group', { name: 'curl' }).innerText();
  assert.match(line, /^curl .*\/hook\//);
}

async function showsNewRun(visitor) {
  const { page, server } = visitor;
  await visitor.open('/runs');
  const answer = await server.call('hello', { name: '<img src=x onerror=alert(1)>' });
  assert.equal(answer.status, 200);
  const row = page.getByRole('row').filter({ hasText: 'Hello' });
  await row.getByText('Succeeded').waitFor({ timeout: 10_000 });
}

async function showsSteps(visitor) {
  const { page, server } = visitor;
  await server.call('hello', { name: '<img src=x onerror=alert(1)>' });
  await visitor.open('/runs');
  await page.getByRole('link', { name: 'Hello', exact: true }).first().click();
  await page.getByRole('heading', { name: 'Run of hello' }).waitFor();
  for (const module of ['set', 'respond']) await page.locator('ol').getByText(module, { exact: true }).waitFor();
  await page.getByRole('group', { name: 'Output: ' }).first().getByText('Hello, <img src=x onerror=alert(1)>').waitFor();
  await page.getByRole('heading', { name: 'Answer sent' }).waitFor();
  await page.getByRole('group', { name: 'Body' }).last().getByText('"greeting"').waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  await page.goBack();
  await page.getByRole('heading', { name: 'Runs', exact: true }).waitFor();
}

async function saysWhy(visitor) {
  const { page, server } = visitor;
  const answer = await server.call('ask-a-partner', {});
  assert.equal(answer.status, 500);
  await visitor.open('/runs?status=failed');
  await page.getByRole('link', { name: 'Ask a partner', exact: true }).first().click();
  await page.getByRole('heading', { name: 'Why it failed' }).waitFor();
  const step = page.getByRole('listitem').filter({ hasText: 'http.request' });
  await step.getByText('Failed', { exact: true }).waitFor();
}

async function marksSandbox(visitor) {
  const { page, server } = visitor;
  await server.call('greet', { to: 'warehouse@example.com' });
  await visitor.open('/runs?scenario=greet');
  const row = page.getByRole('row').filter({ hasText: 'Greet by mail' }).first();
  await row.getByText('Succeeded').waitFor();
  await row.getByRole('link').click();
  const step = page.getByRole('listitem').filter({ hasText: 'email.send' });
  await step.getByText('Sandbox', { exact: true }).waitFor();
  await step.getByText('Would have sent').click();
  await step.getByRole('group', { name: 'Would have sent' }).getByText('warehouse@example.com').waitFor();
}

async function answersByLink(visitor) {
  const { page, server } = visitor;
  await server.call('refund', { order: 'A1 <b>' });
  await visitor.open('/runs?scenario=refund');
  await page.getByRole('row').filter({ hasText: 'Waiting' }).getByRole('link', { name: 'Refund', exact: true }).click();
  const runPage = page.getByRole('heading', { name: 'Run of refund' });
  await runPage.waitFor();
  const address = page.url();
  const link = await page.getByRole('link', { name: 'Answer now' }).getAttribute('href');
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.goto(link);
    await page.getByRole('heading', { name: 'Refund A1 <b>?' }).waitFor();
    await visitor.shot(`answer-${colorScheme}`);
    assert.deepEqual(await visitor.accessibilityFaults(), [], `the form in ${colorScheme} colours`);
  }
  await page.setViewportSize({ width: 320, height: 700 });
  const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(excess <= 0, `the form is ${excess} px too wide`);
  const panel = await page.locator('main').evaluate((main) => getComputedStyle(main).borderRadius);
  assert.equal(panel, '12px', 'the policy lets the style through');
  await page.getByLabel('Why').fill('   ');
  await page.getByLabel('I have seen the parcel').check();
  await page.getByLabel('Amount in €').fill('12.5');
  await page.getByLabel('Amount in €').press('Enter');
  await page.getByRole('button', { name: 'approve' }).click();
  await page.getByRole('alert').waitFor();
  await page.getByText('This must be filled in.').waitFor();
  await visitor.shot('answer-wrong');
  assert.deepEqual(await visitor.accessibilityFaults(), [], 'the form with a mistake');
  assert.equal(await page.getByLabel('Amount in €').inputValue(), '12.5');
  await page.getByLabel('Why').fill('It came back');
  await page.getByRole('button', { name: 'approve' }).click();
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  assert.deepEqual(await visitor.accessibilityFaults(), [], 'the page of thanks');
  await page.goto(link);
  await page.getByRole('heading', { name: 'Nothing is waited for here any more' }).waitFor();
  visitor.expect(/status of (410|422)/);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(address);
  await page.getByText('approve: It came back').waitFor();
  await page.locator('main').getByText('Succeeded').first().waitFor();
  await page.getByText(/^Answered .* by admin$/).waitFor();
}

async function leadsHeldRun(visitor) {
  const { page, server } = visitor;
  await server.call('hold', {});
  await visitor.open('/runs?status=held');
  await page.getByRole('link', { name: 'Hold', exact: true }).click();
  const step = page.locator('ol > li').first();
  await step.getByText('Held', { exact: true }).waitFor();
  await visitor.shot('run-held');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await step.getByRole('button', { name: 'Try again' }).click();
  await step.getByText('Resumed by admin').waitFor();
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  await page.locator('.facts').getByText('Cancelled').waitFor();
}

async function showsPlace(visitor) {
  const { page } = visitor;
  await visitor.open('/scenarios/broken');
  await page.getByRole('heading', { name: 'Problems in the text' }).waitFor();
  await page.getByRole('button', { name: /^line 5/ }).first().click();
  await page.getByRole('tab', { name: 'YAML', selected: true }).waitFor();
  await page.getByRole('tabpanel').getByText('respnd').waitFor();
}

async function pages(visitor) {
  const { page, server } = visitor;
  for (let call = 0; call < 60; call += 1) await server.call('hello', { name: `number ${call}` });
  await visitor.open('/runs');
  await page.getByLabel('Scenario').selectOption('hello');
  await page.waitForURL('**/runs?scenario=hello');
  const table = page.getByRole('table');
  await page.getByText(/^50\+ runs$/).waitFor();
  assert.equal(await table.getAttribute('aria-rowcount'), '51');
  assert.ok((await page.locator('tbody tr').count()) < 50, 'only rows that are seen are drawn');
  await page.mouse.move(640, 600);
  const whole = page.getByText(/^(6\d|[7-9]\d|\d{3}) runs$/);
  while (!(await whole.isVisible())) await page.mouse.wheel(0, 600);
  await page.getByLabel('Status').selectOption('stopped');
  await page.getByRole('heading', { name: 'No run fits these filters' }).waitFor();
}

async function leadsBack(visitor) {
  const { page } = visitor;
  await visitor.open('/');
  await page.goto('/no/such/page');
  await page.getByRole('link', { name: 'See the scenarios' }).click();
  await page.getByRole('heading', { name: 'Scenarios', exact: true }).waitFor();
}

async function isAccessible(visitor, colorScheme) {
  await visitor.page.emulateMedia({ colorScheme });
  for (const [name, path] of await rooms(visitor)) {
    await visitor.open(path);
    await visitor.shot(`${name}-${colorScheme}`);
    assert.deepEqual(await visitor.accessibilityFaults(), [], `${path} in ${colorScheme} colours`);
  }
}

async function fitsPhone(visitor) {
  const { page } = visitor;
  await page.setViewportSize({ width: 390, height: 800 });
  for (const [name, path] of await rooms(visitor)) {
    await visitor.open(path);
    await visitor.shot(`${name}-phone`);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${path} is ${excess} px too wide`);
  }
}

/** One address of each kind, with a run that went well, one that failed, and one to a sandbox. */
async function rooms(visitor) {
  const { page } = visitor;
  const runs = [];
  for (const scenario of ['hello', 'ask-a-partner', 'greet']) {
    await visitor.open(`/runs?scenario=${scenario}`);
    runs.push([`run-${scenario}`, await page.locator('tbody a').first().getAttribute('href')]);
  }
  await visitor.open('/hooks/hello');
  const request = await page.getByRole('listitem').getByRole('link').first().getAttribute('href');
  const hooks = [['hooks', '/hooks'], ['hook', '/hooks/hello'], ['request', request]];
  const others = ['templates', 'connections', 'stores', 'alarms', 'queues', 'settings'].map((name) => [name, `/${name}`]);
  const store = ['store', '/stores/customers'];
  return [['scenarios', '/'], ['scenario', '/scenarios/hello'], ['broken', '/scenarios/broken'], ['runs', '/runs'], ...runs, ...hooks, ...others, store];
}

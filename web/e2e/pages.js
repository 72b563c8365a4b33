// What a visitor must find on the pages around the editor: language, colours, first start, tokens, data stores, queues,
// alarms, and on a phone.
import assert from 'node:assert/strict';

export const pageTests = [
  ['m19 the language changes without a reload and is kept', speaksChinese],
  ['m21 the colours are chosen, kept, and set before anything is painted', choosesColours],
  ['m19 places, times and lengths of time are told in Chinese', tellsInChinese],
  ['m18 dialogs and menus are found by axe without fault, and give the focus back', keepsFocus],
  ['the first start makes the administrator, who then signs in by name and password', beginsFirst],
  ['a token is shown once, opens the API, and is taken back', managesTokens],
  ['a data store is a table that is searched, changed and cleared', editsStore],
  ['a record that someone changed meanwhile is not written over', keepsOthersChange],
  ['thousands of records scroll, few of them drawn', scrollsRecords],
  ['a queue is paused, emptied and opened', leadsQueue],
  ['an alarm is seen, counted and acknowledged', acknowledgesAlarm],
  ['runs are found by what they were given, and by day', searchesRuns],
  ['a scenario is turned off and on in the list', turnsOff],
  ['an empty scenario is begun with one click', beginsEmpty],
  ['m22 every room is reached on a phone, and targets are large enough', leadsPhone],
];

const chinese = /\p{Script=Han}/u;

async function speaksChinese(visitor) {
  const { page } = visitor;
  await visitor.open('/runs');
  await page.evaluate(() => (globalThis.loadedOnce = true));
  for (const [language, heading, tag] of [
    ['繁體中文', '執行紀錄', 'zh-TW'],
    ['简体中文', '运行记录', 'zh-CN'],
  ]) {
    await page.locator('header > button').click();
    await page.locator('#more').getByRole('radio', { name: language }).check();
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), tag);
    assert.equal(await page.evaluate(() => globalThis.loadedOnce), true, 'no reload');
    assert.deepEqual(await latinOnly(page), [], tag);
  }
  await page.reload();
  await page.getByRole('heading', { level: 1, name: '运行记录', exact: true }).waitFor();
  for (const path of ['/', '/templates', '/connections', '/stores', '/alarms', '/queues', '/settings', '/hooks']) {
    await page.goto(path);
    await page.locator('main h1').waitFor();
    await page.getByText('加载中…').waitFor({ state: 'detached' });
    assert.deepEqual(await latinOnly(page), [], path);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(excess <= 0, `${path} is ${excess} px too wide in Chinese`);
  }
}

async function tellsInChinese(visitor) {
  const { page, server } = visitor;
  await page.addInitScript(() => localStorage.setItem('language', 'zh-TW'));
  await server.call('hello', { name: 'Ada' });
  await visitor.enter();
  await page.goto('/');
  await page.getByRole('heading', { level: 1, name: '情境' }).waitFor();
  const broken = page.getByRole('listitem').filter({ hasText: '有錯誤' }).first();
  await broken.getByText('第 5 行').waitFor();
  const finding = broken.locator('p').filter({ hasText: 'respnd' });
  await finding.first().waitFor();
  for (const line of await finding.allInnerTexts()) assert.match(line, chinese, line);
  const hello = page.getByRole('listitem').filter({ hasText: '/hook/hello' }).first();
  await hello.getByText(/前$/).first().waitFor();
  await page.goto('/runs');
  await page.locator('tbody').getByText(/ 毫秒| 秒/).first().waitFor();
  const titles = await page.locator('tbody time').first().getAttribute('title');
  assert.match(titles ?? '', chinese);
}

async function keepsFocus(visitor) {
  const { page } = visitor;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await visitor.open('/stores');
    const open = page.getByRole('button', { name: 'New data store' });
    await open.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await visitor.accessibilityFaults(), [], `a dialog in ${colorScheme} colours`);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.equal(await open.evaluate((button) => button === document.activeElement), true, 'the focus is where it was');
    const menu = page.locator('header > button');
    await menu.focus();
    await page.keyboard.press('Enter');
    await page.locator('#more').getByRole('radio').first().waitFor();
    assert.deepEqual(await visitor.accessibilityFaults(), [], `the menu in ${colorScheme} colours`);
    await page.keyboard.press('Escape');
    await page.locator('#more').getByRole('radio').first().waitFor({ state: 'hidden' });
  }
  await page.goto('/');
  await page.locator('main h1').waitFor();
  await page.locator('body').press('Tab');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to content' });
  await skip.focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'content');
}

/** Labels, buttons and headings in Latin letters alone, but for names. */
async function latinOnly(page) {
  const texts = await page.locator('h1, nav a, header button, main :is(label, legend, th, dt):visible, main > .head button').allInnerTexts();
  const names = /^(Hookmill|Webhook|English|curl|JSON Schema|API|[\d\s.,:%+–-]*)$/;
  return texts.map((text) => text.trim().split('\n')[0]).filter((text) => !chinese.test(text) && !names.test(text));
}

async function choosesColours(visitor) {
  const { page } = visitor;
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.body) return;
      globalThis.themeAtBody = document.documentElement.dataset.theme;
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  await page.emulateMedia({ colorScheme: 'light' });
  await visitor.open('/settings');
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(await ground(), 'rgb(246, 247, 249)');
  await page.getByRole('main').getByRole('radio', { name: 'Dark' }).check();
  assert.equal(await ground(), 'rgb(18, 21, 27)');
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  assert.equal(await page.evaluate(() => globalThis.themeAtBody), 'dark', 'set before the body is there');
  assert.equal(await ground(), 'rgb(18, 21, 27)');
  await page.getByRole('main').getByRole('radio', { name: 'As the system' }).check();
  assert.equal(await ground(), 'rgb(246, 247, 249)');
  await page.emulateMedia({ colorScheme: 'dark' });
  assert.equal(await ground(), 'rgb(18, 21, 27)');
}

const password = 'correct horse battery';

async function beginsFirst(visitor) {
  const { page, server } = visitor;
  visitor.expect(/status of 403/);
  const link = /log in\s+(\S+)/.exec(server.said())?.[1];
  assert.ok(link, 'the server prints a login link');
  await page.goto('/');
  await page.getByRole('heading', { name: 'Welcome to Hookmill' }).waitFor();
  await visitor.shot('first-start');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await page.getByLabel('Code or login link').fill(link);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByLabel('Password once more').fill('short');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('alert').getByText('At least 12 characters').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password once more').fill(password);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByRole('heading', { level: 1, name: 'Scenarios' }).waitFor();
  await page.goto('/settings');
  await page.getByText('You are signed in as Ada').waitFor();
  await page.locator('header > button').click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await visitor.shot('login');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText('Name or password is wrong.').waitFor();
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Password').press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await changesPassword(page);
}

async function changesPassword(page) {
  await page.getByLabel('Password now').fill('wrong, wrong, wrong');
  await page.getByLabel('New password').fill(`${password} and another`);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByRole('alert').filter({ hasText: 'The server answered' }).waitFor();
  await page.getByLabel('Password now').fill(password);
  await page.getByRole('button', { name: 'Change the password' }).click();
  await page.getByText('The password is changed.').waitFor();
}

async function managesTokens(visitor) {
  const { page, server } = visitor;
  await visitor.open('/settings');
  const part = page.getByRole('region', { name: 'API tokens' });
  await part.getByLabel('What is it for?').fill('nightly <b>export</b>');
  await part.getByRole('button', { name: 'Make a token' }).click();
  await part.getByText('Copy it now').waitFor();
  const token = await part.getByRole('status').locator('code').innerText();
  const ask = () => fetch(`${server.url}/api/v1/scenarios`, { headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask()).status, 200);
  await page.reload();
  await part.getByText('nightly <b>export</b>').waitFor();
  assert.ok(!(await page.content()).includes(token), 'it is not shown again');
  page.once('dialog', (dialog) => dialog.accept());
  await part.getByRole('button', { name: 'Delete the token nightly' }).click();
  await part.getByText('No tokens yet.').waitFor();
  assert.equal((await ask()).status, 401);
}

/** Writes a record as another program would. */
function write(server, store, key, value) {
  return fetch(`${server.url}/api/v1/stores/${store}/${encodeURIComponent(key)}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ value }),
  });
}

async function editsStore(visitor) {
  const { page } = visitor;
  await visitor.open('/stores');
  await page.getByRole('button', { name: 'New data store' }).click();
  await page.getByLabel('Name').fill('customers');
  await page.getByRole('dialog').getByRole('button', { name: 'New record' }).click();
  await page.getByRole('heading', { level: 1, name: 'customers' }).waitFor();
  for (const [key, value] of [
    ['A/1', '{"name": "<b>Ada</b>"}'],
    ['B 2', '[1, 2]'],
  ]) {
    await page.getByRole('button', { name: 'New record' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Key').fill(key);
    await dialog.getByLabel('Value').fill('{');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByRole('alert').getByText('This is not JSON').waitFor();
    await dialog.getByLabel('Value').fill(value);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `Change ${key}` }).waitFor();
  }
  await page.getByText('{"name":"<b>Ada</b>"}').waitFor();
  await page.getByLabel('Key begins with').fill('B');
  await page.waitForURL('**/stores/customers?prefix=B');
  await page.getByRole('button', { name: 'Change A/1' }).waitFor({ state: 'detached' });
  page.once('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Delete B 2' }).click();
  await page.getByRole('heading', { name: 'No key begins with this' }).waitFor();
  await page.goto('/stores');
  await page.getByRole('listitem').filter({ hasText: 'customers' }).getByText('1 record', { exact: true }).waitFor();
}

async function keepsOthersChange(visitor) {
  const { page, server } = visitor;
  visitor.expect(/status of (409|412)/);
  await write(server, 'shared', 'rate', 1);
  await visitor.open('/stores/shared');
  await page.getByRole('button', { name: 'Change rate' }).click();
  await write(server, 'shared', 'rate', 2);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Value').fill('3');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('Someone changed this record meanwhile').waitFor();
  await page.keyboard.press('Escape');
  await page.reload();
  await page.getByRole('listitem').getByText('2', { exact: true }).waitFor();
}

async function scrollsRecords(visitor) {
  const { page, server } = visitor;
  for (let first = 0; first < 2000; first += 50) {
    const keys = Array.from({ length: 50 }, (_, index) => String(first + index).padStart(5, '0'));
    await Promise.all(keys.map((key) => write(server, 'many', key, { number: Number(key) })));
  }
  await visitor.open('/stores/many');
  const list = page.getByRole('list', { name: 'Records' });
  await list.getByText('{"number":0}').waitFor();
  await list.hover();
  const last = list.getByText('{"number":1999}');
  while (!(await last.isVisible())) await page.mouse.wheel(0, 4000);
  assert.ok((await list.getByRole('listitem').count()) < 60, 'only what is seen is drawn');
}

async function leadsQueue(visitor) {
  const { page, server } = visitor;
  await visitor.open('/queues');
  const queue = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'shape', exact: true }) });
  await queue.getByText('Open', { exact: true }).first().waitFor();
  await queue.getByRole('button', { name: 'Pause: shape' }).click();
  await queue.getByText('Paused', { exact: true }).waitFor();
  const calls = [1, 2].map((quantity) => server.call('shape', { sku: 'A-1', quantity }));
  await queue.locator('dl > div').filter({ hasText: 'Waiting' }).getByText('2', { exact: true }).waitFor();
  page.once('dialog', (dialog) => dialog.accept());
  await queue.getByRole('button', { name: 'Purge: shape' }).click();
  await page.getByText('2 runs cancelled.').waitFor();
  await Promise.all(calls);
  await queue.getByRole('button', { name: 'Open: shape' }).click();
  await queue.getByRole('button', { name: 'Pause: shape' }).waitFor();
}

async function acknowledgesAlarm(visitor) {
  const { page, server } = visitor;
  for (let call = 0; call < 5; call += 1) await server.call('ask-a-partner', { call });
  await visitor.open('/alarms');
  const alarm = page.getByRole('listitem').filter({ hasText: 'ask-a-partner' }).filter({ hasText: 'Keeps failing' });
  await alarm.waitFor();
  await page.getByRole('navigation', { name: 'Main' }).getByLabel(/^\d+ open$/).waitFor();
  await visitor.shot('alarms');
  await alarm.getByRole('button', { name: 'I have seen it' }).click();
  await alarm.getByText(/^Seen by /).waitFor();
  await alarm.getByRole('link', { name: 'See the failed runs' }).click();
  await page.waitForURL('**/runs?scenario=ask-a-partner&status=failed');
}

async function searchesRuns(visitor) {
  const { page, server } = visitor;
  await server.call('hello', { name: 'Wanted-7319' });
  await visitor.open('/runs');
  await page.getByLabel('Contains').fill('Wanted-7319');
  await page.waitForURL('**/runs?q=Wanted-7319');
  await page.getByText('1 run', { exact: true }).waitFor();
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await page.getByLabel('From').fill(tomorrow);
  await page.getByRole('heading', { name: 'No run fits these filters' }).waitFor();
}

async function turnsOff(visitor) {
  const { page, server } = visitor;
  await visitor.open('/');
  await page.getByLabel('Search scenarios').fill('shape');
  await page.getByRole('switch', { name: 'Turn off Shape' }).click();
  const off = page.getByRole('switch', { name: 'Turn on Shape' });
  await off.waitFor();
  assert.equal((await fetch(`${server.url}/hook/shape`, { method: 'POST' })).status, 503);
  await off.click();
  await page.getByRole('switch', { name: 'Turn off Shape' }).waitFor();
}

async function beginsEmpty(visitor) {
  const { page } = visitor;
  await visitor.open('/');
  await page.getByRole('button', { name: 'New scenario' }).click();
  const begun = await idShown(page);
  await visitor.open('/');
  const draft = page.getByRole('listitem').filter({ hasText: 'Not published yet' });
  await draft.getByRole('link', { name: begun, exact: true }).waitFor();
  await page.getByRole('button', { name: 'New scenario' }).click();
  assert.notEqual(await idShown(page), begun);
}

async function leadsPhone(visitor) {
  const { page } = visitor;
  await page.setViewportSize({ width: 390, height: 800 });
  await visitor.open('/');
  const rooms = page.getByRole('navigation', { name: 'Main' }).getByRole('link');
  assert.equal(await rooms.count(), 4);
  for (const room of ['Templates', 'Queues', 'Connections', 'Data stores', 'Settings']) {
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.locator('#more').getByRole('link', { name: room }).click();
    await page.getByRole('heading', { level: 1, name: room }).waitFor();
    const small = await page.evaluate(() =>
      [...document.querySelectorAll('a, button, input, select, summary, [role=switch]')]
        .filter((element) => element.checkVisibility() && !element.closest('p') && !element.closest('.skip') && element.type !== 'radio')
        .map((element) => [element.outerHTML.slice(0, 80), element.getBoundingClientRect()])
        .filter(([, box]) => box.width > 0 && (box.width < 24 || box.height < 20))
        .map(([text]) => text),
    );
    assert.deepEqual(small, [], room);
  }
}

/** The id in the address of a new scenario. */
async function idShown(page) {
  await page.waitForURL(/\/scenarios\/scenario(-\d+)?$/);
  return new URL(page.url()).pathname.split('/').at(-1);
}

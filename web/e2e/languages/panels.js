// Every place where the page says something: what must be there first, and how each is opened.

const chinese = `name: 全部
description: 路由、迴圈與條件。
trigger:
  webhook: { path: all-steps, verify: none }
steps:
  - id: first
    name: 甲
    set: { number: "{{ trigger.body.number }}", list: [1, 2] }
  - name: 乙
    filter: first.number > 1
  - name: 丙
    route:
      - { name: 大, when: 'first.number > 5 && first.number < 10', steps: [{ name: 丁, set: { big: true } }] }
      - { name: 小, when: 'trigger.body.name.starts_with("a") || first.list.is_empty()', steps: [{ name: 戊, set: { big: false } }] }
      - { otherwise: [{ name: 己, stop: 沒有 }] }
  - name: 庚
    for_each: { in: first.list, steps: [{ name: 辛, set: "{{ item }}" }] }
`;

const gaps = `name: 缺漏
description: 有錯誤的情境。
trigger:
  webhook: { path: gaps, verify: none }
steps:
  - name: 呼叫
    http.request: { url: "http://127.0.0.1:1/", methd: POST, timeout: soon }
  - name: 未知
    nothing.here: {}
  - name: 名稱
    set: "{{ nobody.knows }}"
`;

const schedule = `name: 排程
trigger: [{ schedule: { cron: "0 9 * * *" } }, { manual: {} }, { call: {} }]
steps: [{ name: 一, set: 1 }]
`;

const types = ['bearer', 'basic', 'api_key', 'http', 'webhook', 'google', 'slack', 'surveycake', 'smtp'];
const providers = { github: '{{ secrets.signed }}', bearer: '{{ secrets.signed }}' };

/** Makes what the pages show; every name in it is Chinese. */
async function prepare(visitor) {
  const { server } = visitor;
  if ((await visitor.get('/scenarios')).items.some(({ id }) => id === 'all-steps')) return;
  const put = (path, body) => visitor.put(path, body);
  await put('/scenarios/all-steps', { text: chinese });
  await put('/scenarios/gaps/draft', { text: gaps, basis: null, revision: 0 });
  await put('/scenarios/planned', { text: schedule });
  await put('/scenarios/every-module/draft', { text: await everyModule(visitor), basis: null, revision: 0 });
  for (const [name, verify] of Object.entries(providers)) {
    await put(`/scenarios/signed-${name}`, { text: `name: 簽章\ntrigger:\n  webhook: ${JSON.stringify({ path: `signed-${name}`, verify: { [name]: verify } })}\nsteps: [{ respond: { text: 好 } }]\n` });
    await server.call(`signed-${name}`, { order: 'A1' });
  }
  await put('/stores/customers/%E7%94%B2', { value: { name: '王小明' } });
  for (const [path, body] of [['all-steps', { number: 7, name: 'a' }], ['hello', { name: 'Ada' }], ['ask-a-partner', {}], ['greet', { to: 'a@example.com' }], ['hold', {}], ['refund', { order: 'A1' }]]) await server.call(path, body);
}

/** The modules whose forms are looked at: of the many apps, these stand for all, whose words the catalogue's own tests read. */
async function modules(visitor) {
  const { items } = await visitor.get('/modules');
  return items.filter(({ kind, app, name }) => kind !== 'trigger' && (kind === 'flow' || apps.has(app.name)));
}

const apps = new Set(['email', 'file', 'google_sheets', 'http', 'line', 'slack', 'store', 'surveycake', 'telegram', 'webhook']);

/** One step of each of them, as its own example writes it. */
async function everyModule(visitor) {
  const steps = (await modules(visitor)).map(({ name, example }, index) => ({ name: `步驟 ${index}`, [name]: example }));
  return JSON.stringify({ name: '每個模組', trigger: { manual: {} }, steps });
}

async function to({ page }, path) {
  await page.goto(path);
  await page.locator('main h1, main form').first().waitFor({ state: 'attached' });
  await page.getByText(/^(載入中…|加载中…)$/).waitFor({ state: 'detached' });
}

async function editor(visitor, id) {
  await to(visitor, `/scenarios/${id}`);
  await visitor.page.locator('.svelte-flow__node-module').first().waitFor();
}

/** Opens a step's form, with everything in it unfolded. */
async function form({ page }, key) {
  await page.locator(`.disc[data-step="${key}"]`).evaluate((disc) => disc.click());
  await page.locator(`.form[data-step="${key}"]`).waitFor();
  await page.locator('.form details').evaluateAll((all) => all.forEach((details) => (details.open = true)));
}

const tab = ({ page }, which) => page.locator(`#tab-${which}`).click();

/** Every place in turn: its name, and how it is opened from where the one before it was. */
export async function places(visitor) {
  const { page } = visitor;
  await prepare(visitor);
  const { items: runs } = await visitor.get('/runs');
  const of = (scenario) => runs.find((run) => run.scenario === scenario);
  const { requests } = await visitor.get('/hooks/signed-github/requests');
  const room = (path) => [path, () => to(visitor, path)];
  const key = (keys) => () => page.keyboard.press(keys);
  return [
    ...['/', '/templates', '/runs', '/runs?scenario=batch&status=held', '/hooks', '/hooks/all-steps', '/alarms', '/queues', '/settings', '/stores', '/stores/customers', '/no/such'].map(room),
    ...['all-steps', 'ask-a-partner', 'greet', 'hold', 'refund'].map((scenario) => room(`/runs/${of(scenario).id}`)),
    room(`/hooks/signed-github?request=${requests[0].id}`),
    ...dialogs(visitor),
    ['the editor', () => editor(visitor, 'all-steps')],
    ['the palette', key('a')],
    ['the palette of triggers', () => page.locator('dialog .link').click()],
    ['the commands', async () => (await page.keyboard.press('Escape'), await page.keyboard.press('Control+k'))],
    ['the keys', async () => (await page.keyboard.press('Escape'), await page.keyboard.press('?'))],
    ['the menu', async () => (await page.keyboard.press('Escape'), await page.locator('.disc[data-step="steps/0"]').click({ button: 'right' }))],
    ['the outline', async () => (await page.keyboard.press('Escape'), await page.keyboard.press('o'))],
    ['the form of a route', () => form(visitor, 'steps/2')],
    ['the form of a loop', () => form(visitor, 'steps/3')],
    ['the form of a condition', () => form(visitor, 'steps/1')],
    ['the data', async () => (await form(visitor, 'steps/0'), await page.locator('.form .cm-content').first().click())],
    ['the functions', () => page.locator('aside.data .tab').nth(1).click()],
    ['the form of a webhook', () => form(visitor, 'trigger')],
    ['the text', () => tab(visitor, 'yaml')],
    ['the history', () => tab(visitor, 'history')],
    ['a past run', () => page.locator('.history .list button').first().click()],
    ['the versions', () => tab(visitor, 'versions')],
    ['the errors', async () => (await editor(visitor, 'gaps'), await page.locator('.disc[data-step="steps/0"]').first().waitFor())],
    ['an error in its form', () => form(visitor, 'steps/0')],
    ['an unknown module', () => form(visitor, 'steps/1')],
    ['the form of an answer', async () => (await editor(visitor, 'signed-github'), await form(visitor, 'steps/0'))],
    ['triggers', () => editor(visitor, 'planned')],
    ...[0, 1, 2].map((index) => [`trigger ${index}`, () => form(visitor, `trigger/${index}`)]),
  ];
}

/** The form of each module; that of an answer is opened where there is a webhook. */
export async function forms(visitor) {
  await prepare(visitor);
  const steps = (await modules(visitor)).map(({ name }, index) => [name, `steps/${index}`]).filter(([name]) => name !== 'respond');
  return [['every module', () => editor(visitor, 'every-module')], ...steps.map(([name, step]) => [`the form of ${name}`, () => form(visitor, step)])];
}

/** Chooses a type in the dialog of a new connection, or another one. */
async function chooseType(page, type) {
  const dialog = page.getByRole('dialog');
  const another = dialog.locator('p.row button');
  if (await another.isVisible()) await another.click();
  await dialog.locator(`[data-type=${type}]`).click();
}

/** The dialogs in which things are made. */
function dialogs(visitor) {
  const { page } = visitor;
  return [
    ['/connections', () => to(visitor, '/connections')],
    ['a new connection', () => page.locator('main button.main').first().click()],
    ...types.map((type) => [`a connection of type ${type}`, () => chooseType(page, type)]),
    ['/stores', () => to(visitor, '/stores')],
    ['a new data store', () => page.locator('main button.main').first().click()],
    ['the columns of a data store', async () => (await to(visitor, '/stores/customers'), await page.locator('main header button, main button').first().click())],
    ['a file for a data store', async () => (await to(visitor, '/stores/customers'), await page.locator('main button').nth(1).click())],
    ['a new record', async () => (await to(visitor, '/stores/customers'), await page.locator('main button.main').first().click())],
    ['the preferences', async () => (await to(visitor, '/alarms'), await page.locator('header > button').click())],
  ];
}

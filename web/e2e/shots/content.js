// What is on the pages when their pictures are taken: a shop's day, and where each page is.

/** A scenario that fails, so that there is something to repair. */
const broken = `name: 更新庫存
description: 通知倉庫系統庫存的變化。
trigger: { webhook: { path: stock-changed, verify: none } }
alarms: { failures: 3 }
steps:
  - id: answer
    http.request: { url: "http://127.0.0.1:1/stock", method: POST, json: "{{ trigger.body }}" }
    retry: { attempts: 1 }
  - respond: { json: { done: true } }
`;

/** Fills the server; gives the name and address of every page, and what to do before its picture. */
export async function fill(server) {
  await server.ask('POST', '/scenarios', { id: 'stock-changed', text: broken });
  for (let order = 1; order <= 12; order += 1) {
    await server.call('ship-order', { order: `A-${1000 + order}`, lines: [{ qty: order, price: 120 }, { qty: 1, price: 45 }] });
  }
  await server.call('ship-order', { lines: [] });
  for (let call = 0; call < 4; call += 1) await server.call('stock-changed', { sku: 'TEA-01', quantity: -call });
  for (const [key, value] of customers) await server.ask('PUT', `/stores/customers/${encodeURIComponent(key)}`, { value });
  await server.ask('PUT', '/columns/customers', { columns: customerColumns, others: 'refuse' });
  await server.ask('PUT', '/stores/counters/orders', { value: 1012 });
  await server.ask('POST', '/scenarios/quote/queue/pause', {});
  await server.ask('POST', '/tokens', { name: 'Nightly export' });
  const runs = await server.ask('GET', '/runs?scenario=ship-order&status=succeeded');
  const failed = await server.ask('GET', '/runs?scenario=stock-changed&status=failed');
  const { items: requests } = await requestsOf(server, 'ship-order');
  return [
    { name: 'scenarios', path: '/' },
    { name: 'scenario', path: '/scenarios/ship-order' },
    { name: 'scenario-route', path: '/scenarios/split-order' },
    { name: 'editor', path: '/scenarios/ship-order', open: mapValue },
    { name: 'inspector', path: '/scenarios/ship-order', open: inspectRun },
    { name: 'templates', path: '/templates' },
    { name: 'runs', path: '/runs' },
    { name: 'run', path: `/runs/${runs.items[0].id}` },
    { name: 'run-failed', path: `/runs/${failed.items[0].id}` },
    { name: 'hooks', path: '/hooks' },
    { name: 'hook', path: `/hooks/ship-order?request=${requests[0].id}` },
    { name: 'connections', path: '/connections' },
    { name: 'connection-new', path: '/connections', open: newConnection },
    { name: 'connection-types', path: '/connections', open: (page) => page.locator('main button.main').click() },
    { name: 'stores', path: '/stores' },
    { name: 'store', path: '/stores/customers' },
    { name: 'store-columns', path: '/stores/customers', open: (page) => page.locator('main button').first().click() },
    { name: 'alarms', path: '/alarms' },
    { name: 'queues', path: '/queues' },
    { name: 'settings', path: '/settings' },
    { name: 'preferences', path: '/alarms', open: (page) => page.locator('header > button').click() },
  ];
}

const customers = ['王小明', '陳美玲', 'Ada Byron', '林志豪', 'Grace Lee', '張雅婷'].map((name, index) => [
  `C-${String(index + 1).padStart(4, '0')}`,
  { name, city: ['台北', '台中', 'London', '高雄', 'Taipei', '新竹'][index], orders: index * 3 + 1 },
]);

const customerColumns = [
  { name: 'name', type: 'text', required: true },
  { name: 'city', type: 'text' },
  { name: 'orders', type: 'number', default: 0 },
];

async function requestsOf(server, hook) {
  const page = await server.ask('GET', `/hooks/${hook}/requests`);
  return { items: page.items ?? page.requests };
}

/** The form of a step with pills, and the drawer of values beside it. */
async function mapValue(page) {
  await page.locator('.disc[data-step="steps/2"]').click();
  const field = page.locator('.form .cm-content', { has: page.locator('.cm-pill') }).first();
  await field.click();
  await page.locator('aside.data .row').first().waitFor();
}

/** The last run on the canvas, and what one of its steps gave. */
async function inspectRun(page) {
  if ((page.viewportSize()?.width ?? 0) <= 800) await page.locator('.disc[data-step="steps/0"]').click();
  await page.locator('#tab-history').click();
  await page.locator('#tab-content .row button, #tab-content li button').first().click();
  await page.locator('.log li button').nth(1).click();
}

async function newConnection(page) {
  await page.locator('main button.main').click();
  await page.getByRole('dialog').locator('[data-type=notion]').click();
}

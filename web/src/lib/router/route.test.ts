import { expect, test } from 'vitest';

import { href, parse, type Route } from './route';

const addresses: [string, Route][] = [
  ['/', { page: 'scenarios' }],
  ['/runs', { page: 'runs', filter: {} }],
  ['/runs?scenario=ship-order&status=failed', { page: 'runs', filter: { scenario: 'ship-order', status: 'failed' } }],
  ['/runs/0198c0de-0000-7000-8000-000000000000', { page: 'run', id: '0198c0de-0000-7000-8000-000000000000' }],
  ['/scenarios/ship-order', { page: 'scenario', id: 'ship-order' }],
  ['/scenarios/ship-order?step=steps%2F2', { page: 'scenario', id: 'ship-order', step: 'steps/2' }],
  ['/scenarios/a%2Fb%20%E8%A8%82', { page: 'scenario', id: 'a/b 訂' }],
  ['/hooks', { page: 'hooks' }],
  ['/hooks/hello', { page: 'hook', path: 'hello', filter: {} }],
  [
    '/hooks/orders%2F%7Bid%7D?verdict=refused&q=a%26b&request=42',
    { page: 'hook', path: 'orders/{id}', filter: { verdict: 'refused', q: 'a&b' }, request: '42' },
  ],
  ['/runs?q=A-1&since=2026-11-01&until=2026-11-22', { page: 'runs', filter: { q: 'A-1', since: '2026-11-01', until: '2026-11-22' } }],
  ['/templates', { page: 'templates' }],
  ['/connections', { page: 'connections' }],
  ['/stores', { page: 'stores' }],
  ['/stores/customers', { page: 'store', name: 'customers' }],
  ['/stores/a%2Fb?prefix=2026-', { page: 'store', name: 'a/b', prefix: '2026-' }],
  ['/stores/a?prefix=b&where=%7B%22c%22%3A1%7D&order=-c', { page: 'store', name: 'a', prefix: 'b', where: '{"c":1}', order: '-c' }],
  ['/alarms', { page: 'alarms' }],
  ['/queues', { page: 'queues' }],
  ['/settings', { page: 'settings' }],
  ['/elsewhere', { page: 'unknown', path: '/elsewhere' }],
  ['/runs/a/b', { page: 'unknown', path: '/runs/a/b' }],
];

test.each(addresses)('%s there and back', (address, route) => {
  const url = new URL(address, 'http://example.com');
  expect(parse(url.pathname, url.search)).toEqual(route);
  expect(href(route)).toBe(address);
});

test('what is not understood does no harm', () => {
  expect(parse('/scenarios/%E8')).toEqual({ page: 'scenario', id: '%E8' });
  expect(parse('/runs', '?status=asleep')).toEqual({ page: 'runs', filter: {} });
  expect(parse('/hooks/a', '?verdict=kind')).toEqual({ page: 'hook', path: 'a', filter: {} });
  expect(parse('/runs/')).toEqual({ page: 'runs', filter: {} });
});

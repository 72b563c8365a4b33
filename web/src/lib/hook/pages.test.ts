import { expect, test, vi } from 'vitest';

import { first, newer } from './pages';

/** Answers like a server with these pages, by their `before`; gives what was asked for. */
function serve(pages: Record<string, [ids: number[], next: number | null]>) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (address: string) => {
    const before = new URL(address, 'http://example.com').searchParams.get('before') ?? '';
    asked.push(before);
    const [ids, next] = pages[before] ?? [[], null];
    const requests = ids.map((id) => ({ id: String(id) }));
    return Promise.resolve(new Response(JSON.stringify({ requests, next: next === null ? null : String(next) })));
  });
  return asked;
}

const signal = new AbortController().signal;

test('pages with nothing on them are passed by', async () => {
  const asked = serve({ '': [[], 900], 900: [[], 700], 700: [[650], 640] });
  const page = await first('a', { q: 'x' }, signal);
  expect(page.requests.map((line) => line.id)).toEqual(['650']);
  expect(page.next).toBe('640');
  expect(asked).toEqual(['', '900', '700']);
});

test('where nothing is found at all, the last page says so', async () => {
  serve({ '': [[], 900], 900: [[], null] });
  expect(await first('a', { q: 'x' }, signal)).toEqual({ requests: [], next: null });
});

test('what is newer comes oldest first, and nothing older is looked through', async () => {
  const asked = serve({ '': [[120, 111], 111], 111: [[], 105], 105: [[103, 99, 98], 98], 98: [[97], null] });
  const found = await newer('a', { q: 'x' }, '100', signal);
  expect(found.map((line) => line.id)).toEqual(['103', '111', '120']);
  expect(asked).toEqual(['', '111', '105']);
});

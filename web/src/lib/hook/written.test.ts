import { expect, test } from 'vitest';

import type { WholeRequest } from '../api/hook-types';
import { fill, read } from './written';

const request: WholeRequest = {
  id: '7', at: 0, method: 'PUT', target: '/hook/a?x=1&token=•••&y=%20', ip: '::1', status: 200, verdict: 'taken', length: 2, took_us: 1,
  headers: [['Host', 'h'], ['content-length', '2'], ['authorization', 'Bearer •••'], ['X-A', '1'], ['X-A', '2: 3']],
  body: '{}', kept: 2, runs: 1, answer: { status: 200, headers: [], body: '' },
};

test('a form is filled without what is masked or belongs to the connection', () => {
  expect(fill(request, request)).toEqual({ method: 'PUT', query: 'x=1&y=%20', headers: 'X-A: 1\nX-A: 2: 3', body: '{}' });
});

test('a form is read back, and a body that was not touched is left to the server', () => {
  const form = fill(request, request);
  const headers = [['X-A', '1'], ['X-A', '2: 3']];
  expect(read(form, request, request)).toEqual({ written: { method: 'PUT', path: 'a', query: 'x=1&y=%20', headers, of: '7' } });
  expect(read({ ...form, body: '[]' }, request, request)).toMatchObject({ written: { of: '7', body: '[]' } });
});

test('bytes that are no text are sent as they came, unless something is written', () => {
  const binary = { body: '/wA=', encoding: 'base64' } as const;
  const form = fill(request, binary);
  expect(form.body).toBe('');
  expect(read(form, request, binary)).not.toHaveProperty('written.body');
  expect(read({ ...form, body: 'x' }, request, binary)).toMatchObject({ written: { body: 'x', of: '7' } });
});

test('of a request that was not kept whole, what was kept is sent as a new one', () => {
  const cut = { ...request, length: 100 };
  const binary = { body: '/wA=', encoding: 'base64' } as const;
  expect(read(fill(cut, cut), cut, cut)).toMatchObject({ written: { body: '{}' } });
  expect(read(fill(cut, cut), cut, cut)).not.toHaveProperty('written.of');
  expect(read(fill(cut, binary), cut, binary)).toMatchObject({ written: { body_base64: '/wA=' } });
});

test.each(['no colon', ': no name', 'bad name: 1'])('%j is no header', (line) => {
  expect(read({ ...fill(request, request), headers: `a: 1\n\n${line}` }, request, request)).toEqual({ wrong: line });
});

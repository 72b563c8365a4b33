import { expect, test } from 'vitest';

import type { WholeRequest } from '../api/hook-types';
import { fill, read } from './written';

const request: WholeRequest = {
  id: '7', at: 0, method: 'PUT', target: '/hook/a?x=1&token=•••&y=%20', ip: '::1', status: 200, verdict: 'taken', length: 2, took_us: 1,
  headers: [['Host', 'h'], ['content-length', '2'], ['authorization', 'Bearer •••'], ['X-A', '1'], ['X-A', '2: 3']],
  body: { text: '{}' }, answer: { headers: [], body: {} },
};

test('a form is filled without what is masked or belongs to the connection', () => {
  expect(fill(request)).toEqual({ method: 'PUT', query: 'x=1&y=%20', headers: 'X-A: 1\nX-A: 2: 3', body: '{}' });
});

test('a form is read back', () => {
  expect(read(fill(request), request)).toEqual({
    written: { method: 'PUT', query: 'x=1&y=%20', headers: [['X-A', '1'], ['X-A', '2: 3']], body: '{}', of: '7' },
  });
});

test('bytes that are no text are sent as they came, unless something is written', () => {
  const binary = { ...request, body: { base64: '/wA=' } };
  const form = fill(binary);
  expect(form.body).toBe('');
  expect(read(form, binary)).toMatchObject({ written: { body_base64: '/wA=' } });
  expect(read({ ...form, body: 'x' }, binary)).toMatchObject({ written: { body: 'x' } });
});

test.each(['no colon', ': no name', 'bad name: 1'])('%j is no header', (line) => {
  expect(read({ ...fill(request), headers: `a: 1\n\n${line}` }, request)).toEqual({ wrong: line });
});

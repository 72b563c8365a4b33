import { beforeEach, expect, test, vi } from 'vitest';

import type { RequestLine } from '../api/hook-types';
import { patience, Stream } from './stream';

/** A connection that the test plays the server of. */
class Connection {
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: Connection[] = [];
  readyState = 0;
  onopen?: () => void;
  onerror?: () => void;
  #tell?: (event: { data: string }) => void;

  constructor(readonly address: string) {
    Connection.all.push(this);
  }

  addEventListener(name: string, tell: (event: { data: string }) => void) {
    if (name === 'request') this.#tell = tell;
  }

  close() {
    this.readyState = Connection.CLOSED;
  }

  send(from: number, to: number) {
    for (let id = from; id <= to && this.readyState !== Connection.CLOSED; id += 1) this.#tell?.({ data: `{"id":"${id}"}` });
  }

  get after() {
    return new URL(this.address, 'http://example.com').searchParams.get('after');
  }
}

let frames: (() => void)[] = [];
const nextFrame = () => frames.splice(0).forEach((then) => then());

beforeEach(() => {
  Connection.all = [];
  frames = [];
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Connection);
  vi.stubGlobal('document', { visibilityState: 'visible' });
  vi.stubGlobal('requestAnimationFrame', (then: () => void) => frames.push(then));
});

function follow(after: string) {
  const taken: number[] = [];
  const take = (lines: RequestLine[]) => taken.push(...lines.map((line) => Number(line.id)));
  return { stream: new Stream('a/{b}', after, take, () => {}), taken };
}

test('what comes in a frame is taken at once, each once', () => {
  const { taken } = follow('5');
  const [connection] = Connection.all;
  expect(connection?.address).toBe('/api/v1/hooks/a%2F%7Bb%7D/requests/events?after=5');
  connection?.send(6, 9);
  connection?.send(7, 12); // the browser came again, and the address says where it was at first
  expect(taken).toEqual([]);
  nextFrame();
  expect(taken).toEqual([6, 7, 8, 9, 10, 11, 12]);
});

test('a connection that the browser gives up is taken up again where it ended', () => {
  const { taken } = follow('0');
  const [first] = Connection.all;
  first?.send(1, 3);
  first?.close();
  first?.onerror?.();
  vi.advanceTimersByTime(2000);
  expect(Connection.all[1]?.after).toBe('3');
  Connection.all[1]?.send(4, 5);
  nextFrame();
  expect(taken).toEqual([1, 2, 3, 4, 5]);
});

test('who does not look for long leaves the rest to the server, and misses nothing', () => {
  const { stream, taken } = follow('0');
  stream.batch.hold();
  const all = patience * 2;
  Connection.all[0]?.send(1, all);
  expect(Connection.all[0]?.readyState).toBe(Connection.CLOSED);
  expect(stream.batch.length).toBe(patience);
  stream.batch.release();
  nextFrame();
  expect(Connection.all[1]?.after).toBe(String(patience));
  Connection.all[1]?.send(patience + 1, all - 1);
  nextFrame();
  expect(taken.length).toBe(all - 1);
  expect(taken.every((id, index) => id === index + 1)).toBe(true);
});

test('what is closed stays closed', () => {
  const { stream, taken } = follow('0');
  Connection.all[0]?.send(1, 2);
  stream.close();
  nextFrame();
  vi.advanceTimersByTime(10_000);
  expect(taken).toEqual([]);
  expect(Connection.all.length).toBe(1);
});

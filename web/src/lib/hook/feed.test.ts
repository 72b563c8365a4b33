import { expect, test } from 'vitest';

import type { RequestLine, RequestPage } from '../api/hook-types';
import { Feed, order } from './feed';

const line = (id: number): RequestLine => ({
  id: String(id), at: id, method: 'POST', target: '/hook/a', ip: '::1', status: 200, verdict: 'taken', length: 0, took_us: 1,
});
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
const page = (from: number, to: number, next: number | null): RequestPage => ({
  requests: lines(from, to).toReversed(),
  next: next === null ? null : String(next),
});
const ids = (feed: Feed) => Array.from({ length: feed.length }, (_, index) => Number(feed.at(index)?.id));

test('numbers are compared as numbers, however long', () => {
  expect(['10', '9', '18446744073709551615', '100'].sort(order)).toEqual(['9', '10', '100', '18446744073709551615']);
  expect(order('7', '7')).toBe(0);
});

test('what comes in stands on top', () => {
  const feed = new Feed(page(1, 2, null));
  feed.append([line(9), line(10)]);
  expect(ids(feed)).toEqual([10, 9, 2, 1]);
  expect(feed.arrived).toBe(2);
});

test('a stream that begins anew brings nothing twice and loses nothing', () => {
  const feed = new Feed(page(1, 3, null));
  feed.append(lines(2, 6));
  feed.append(lines(5, 8));
  expect(ids(feed)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
  expect(feed.arrived).toBe(5);
});

test('older ones come below', () => {
  const feed = new Feed(page(5, 6, 5));
  feed.append([line(7)]);
  feed.extend(page(3, 5, 3), '5');
  expect(ids(feed)).toEqual([7, 6, 5, 4, 3]);
  expect(feed.next).toBe('3');
  feed.extend(page(1, 2, null), '3');
  expect(feed.next).toBeNull();
  feed.extend(page(1, 2, null), '3');
  expect(ids(feed)).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

test('the oldest are let go, and can be asked for again', () => {
  const feed = new Feed(page(1, 5, null), 10);
  feed.append(lines(6, 30));
  expect(ids(feed)).toEqual(lines(21, 30).map((line) => Number(line.id)).toReversed());
  expect(feed.next).toBe('21');
  expect(feed.arrived).toBe(25);
  feed.extend(page(18, 20, 18), '21');
  expect(feed.at(feed.length - 1)?.id).toBe('18');
});

test('a page that was asked for before others were let go would leave a gap', () => {
  const feed = new Feed(page(5, 9, 5), 5);
  feed.append(lines(10, 20));
  feed.extend(page(1, 4, null), '5');
  expect(ids(feed)).toEqual([20, 19, 18, 17, 16]);
  expect(feed.next).toBe('16');
});

test('a request is found by its id', () => {
  const feed = new Feed(page(1, 99, null));
  feed.append([line(200)]);
  expect(feed.indexOf('200')).toBe(0);
  expect(feed.indexOf('99')).toBe(1);
  expect(feed.indexOf('1')).toBe(99);
  expect(feed.indexOf('150')).toBe(-1);
  expect(feed.indexOf('999')).toBe(-1);
});

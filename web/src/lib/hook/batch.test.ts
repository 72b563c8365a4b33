import { expect, test } from 'vitest';

import { Batch } from './batch';

function stage(limit = 1000) {
  const frames: (() => void)[] = [];
  const delivered: number[][] = [];
  const batch = new Batch<number>((then) => frames.push(then), (items) => delivered.push(items), limit);
  const nextFrame = () => frames.splice(0).forEach((then) => then());
  return { batch, delivered, frames, nextFrame };
}

test('everything between two frames is delivered at once, in order', () => {
  const { batch, delivered, frames, nextFrame } = stage();
  [1, 2, 3].forEach((item) => batch.push(item));
  expect(frames.length).toBe(1);
  expect(delivered).toEqual([]);
  nextFrame();
  batch.push(4);
  nextFrame();
  nextFrame();
  expect(delivered).toEqual([[1, 2, 3], [4]]);
});

test('what is held is kept and delivered later', () => {
  const { batch, delivered, nextFrame } = stage();
  batch.push(1);
  batch.hold();
  nextFrame();
  batch.push(2);
  nextFrame();
  expect(delivered).toEqual([]);
  expect(batch.length).toBe(2);
  batch.release();
  nextFrame();
  expect(delivered).toEqual([[1, 2]]);
});

test('being full is told, and takes nothing away', () => {
  const { batch, delivered, nextFrame } = stage(2);
  batch.push(1);
  expect(batch.full).toBe(false);
  batch.push(2);
  batch.push(3);
  expect(batch.full).toBe(true);
  nextFrame();
  expect(batch.full).toBe(false);
  expect(delivered).toEqual([[1, 2, 3]]);
});

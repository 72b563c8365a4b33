import { expect, test } from 'vitest';

import { gathered } from './gather';

/** Lets everything that waits for promises go on. */
const settled = () => new Promise<void>((then) => setTimeout(then));

test('many calls are one question, and those meanwhile one more', async () => {
  const waits: (() => void)[] = [];
  const answers: (() => void)[] = [];
  const held = (list: (() => void)[]) => () => new Promise<void>((then) => list.push(then));
  const call = gathered(held(answers), held(waits));
  for (let times = 0; times < 3; times += 1) call();
  expect(waits.length).toBe(1);
  waits[0]?.();
  await settled();
  expect(answers.length).toBe(1);
  call();
  call();
  answers[0]?.();
  await settled();
  expect(waits.length).toBe(2);
  waits[1]?.();
  await settled();
  expect(answers.length).toBe(2);
  answers[1]?.();
  await settled();
  expect(waits.length).toBe(2);
  call();
  expect(waits.length).toBe(3);
});

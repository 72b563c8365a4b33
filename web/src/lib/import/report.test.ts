import { expect, test } from 'vitest';

import type { Imported, Item, ItemState, Question } from '../api/import';
import { grouped, keyOf, questionsOf, statesOf } from './report';

function item(id: string, step: string | null, state: ItemState): Item {
  return { id, module: 'app:Do', step, state };
}

function imported(connections: Question[]): Imported {
  const report = { modules: { total: 0, executable: 0, todo: 0 }, expressions: { total: 0, translated: 0 }, connections, items: [] };
  return { id: 'a', kind: 'make', text: '', report, positions: [] };
}

test('what needs somebody comes first, each in the order of the file', () => {
  const items = [item('1', 'a', 'runs'), item('2', 'b', 'not_executable'), item('3', 'c', 'runs'), item('4', 'd', 'needs_connection')];
  expect(grouped(items).map(({ state, items }) => [state, items.map(({ id }) => id)])).toEqual([
    ['not_executable', ['2']],
    ['needs_connection', ['4']],
    ['runs', ['1', '3']],
  ]);
});

test('a step that several modules became is what the worst of them is', () => {
  const items = [item('1', 'a', 'runs'), item('2', 'a', 'needs_decision'), item('3', 'a', 'needs_connection'), item('4', null, 'not_executable')];
  expect([...statesOf(items)]).toEqual([['a', 'needs_decision']]);
});

test('an account is asked for once, and one of another app apart', () => {
  const google = { name: 'office', types: ['google'], was: null, steps: ['row'] };
  const again = { ...google, was: 'Office', steps: ['row', 'mail'] };
  const other = { name: 'office', types: ['slack'], was: null, steps: ['tell'] };
  const questions = questionsOf([imported([google]), imported([again, other])]);
  expect(questions).toEqual([{ name: 'office', types: ['google'], was: 'Office', steps: ['row', 'mail'] }, other]);
  expect(new Set(questions.map(keyOf)).size).toBe(2);
});

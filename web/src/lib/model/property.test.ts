// What holds of every edit, tried on thousands of random ones: it changes the lines that it means and no others, the
// values are what they should be, undo gives back the first byte, and what does not parse says so.
import { expect, test } from 'vitest';
import { type Doc, parse, valueAt } from './doc';
import { same } from './edits/values';
import { type Graph, project } from './graph';
import { layout } from './layout';
import { outline } from './outline';
import { applyEdits, invert, type TextEdit } from './text';
import { type Act, anAct } from './trial/acts';
import { Chance } from './trial/chance';
import { BROKEN, ODD, shipped } from './trial/corpus';
import { wronged } from './trial/lines';

const SEQUENCES = Number(process.env['HOOKMILL_SEQUENCES'] ?? 10_000);
const SEED = Number(process.env['HOOKMILL_SEED'] ?? 20_260);

function problemOf(doc: Doc, now: Doc, act: Act): string | undefined {
  const after = now.text;
  const { edits, expected } = act;
  const isOrdered = edits.every(({ from, to }, index) => from <= to && to <= doc.text.length && from >= (edits[index - 1]?.to ?? 0));
  if (!isOrdered) return `edits out of order: ${JSON.stringify(edits)}`;
  if (applyEdits(after, invert(doc.text, edits)) !== doc.text) return 'undo does not lead back';
  if (now.faults.length > 0) return `does not parse: ${now.faults[0]!.message}`;
  if (expected !== undefined && !same(valueAt(now, []) ?? {}, expected)) return `values: ${JSON.stringify(valueAt(now, []))}\nshould be: ${JSON.stringify(expected)}`;
  const line = wronged(doc, after, act);
  return line === undefined ? undefined : `an unrelated line changed: ${line}`;
}

function shows(graph: Graph): void {
  const { nodes } = layout(graph);
  if (nodes.size !== graph.all.length) throw new Error('a step has no place');
  if (outline(graph).filter(({ step }) => step).length !== graph.all.length) throw new Error('a step is not in the outline');
}

test(`${SEQUENCES} random sequences of edits, seed ${SEED}`, { timeout: 400_000 }, () => {
  const chance = new Chance(SEED);
  // Small odd texts come up more often than long usual ones.
  const usual = shipped();
  for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
    const first = chance.of(chance.below(60) === 0 ? usual : ODD);
    const undo: TextEdit[][] = [];
    let doc = parse(first);
    let graph = project(doc);
    for (let count = 1 + chance.below(3); count > 0; count -= 1) {
      const act = anAct(chance, doc, graph);
      const now = parse(applyEdits(doc.text, act.edits));
      const problem = problemOf(doc, now, act);
      if (problem) throw new Error(`sequence ${sequence} of seed ${SEED}, ${act.name}: ${problem}\n--- before\n${doc.text}\n--- after\n${now.text}`);
      undo.push(invert(doc.text, act.edits));
      doc = now;
      graph = project(doc, graph);
    }
    shows(graph);
    expect(undo.reduceRight((text, edits) => applyEdits(text, edits), doc.text) === first).toBe(true);
  }
});

test('what is typed is read or marked, and never fails', { timeout: 120_000 }, () => {
  const chance = new Chance(SEED + 1);
  const pieces = ['{{', '}}', '- ', ': ', '\n', '\n  ', '\t', '"', "'", '[', ']', '{', '}', '#', '&a ', '*a', '|', '>', '!', '%', '訂', '\r\n', '', '? ', '\u0000'];
  for (const text of BROKEN) shows(project(parse(text)));
  for (let round = 0; round < 1_000; round += 1) {
    let text = chance.of([...ODD, ...BROKEN]);
    let graph = project(parse(text));
    for (let count = 0; count < 3; count += 1) {
      const from = chance.below(text.length + 1);
      const edits = [{ from, to: Math.min(text.length, from + chance.below(3)), insert: chance.of(pieces) }];
      const after = applyEdits(text, edits);
      expect(applyEdits(after, invert(text, edits))).toBe(text);
      const doc = parse(after);
      graph = project(doc, graph);
      shows(graph);
      for (const { from, to, line } of doc.faults) expect(from >= 0 && to >= from && line >= 1).toBe(true);
      text = after;
    }
  }
});

test('a text that is no scenario is marked', () => {
  for (const text of ['- a', 'word', '1']) expect(parse(text).faults).not.toEqual([]);
  for (const text of ['', '# c', 'a: 1']) expect(parse(text).faults).toEqual([]);
});

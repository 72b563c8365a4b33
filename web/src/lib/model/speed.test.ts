// Prints what a keystroke costs at 300 steps. It fails only where something is slower by far than it may be.
import { expect, test } from 'vitest';
import { parse } from './doc';
import { setValue } from './edits';
import { project } from './graph';
import { layout } from './layout';
import { applyEdits } from './text';
import { large } from './trial/corpus';

/** The middle of the times that an act takes, in ms. */
function timed(act: (round: number) => void): number {
  const times = Array.from({ length: 15 }, (_, round) => {
    const start = performance.now();
    act(round);
    return performance.now() - start;
  });
  return times.sort((one, other) => one - other)[7]!;
}

test('300 steps', { timeout: 60_000 }, () => {
  const text = large(300);
  let doc = parse(text);
  let graph = project(doc);
  const figures = {
    parse: timed(() => parse(text)),
    project: timed(() => project(doc)),
    'project again': timed(() => project(doc, graph)),
    layout: timed(() => layout(graph)),
    edit: timed((round) => setValue(doc, ['steps', 150, 'http.request', 'url'], `x ${round}`)),
    keystroke: timed((round) => {
      const edits = setValue(doc, ['steps', 150, 'name'], `Step ${round}`);
      doc = parse(applyEdits(doc.text, edits), doc);
      graph = project(doc, graph);
      layout(graph);
    }),
  };
  console.log(Object.entries(figures).map(([name, ms]) => `${name} ${ms.toFixed(1)} ms`).join(', '));
  expect(graph.all.length).toBe(301);
  expect(figures['project again'] + figures.layout).toBeLessThan(100);
});

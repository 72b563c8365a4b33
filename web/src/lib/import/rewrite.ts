// What is said of connections is written into the text. Pure.
import { chain, setValue } from '../model/edits';
import { parse, valueAt, type Path } from '../model/doc';
import { project } from '../model/graph';
import { applyEdits } from '../model/text';

/** The text with other names of connections, by the names that stand there. */
export function withConnections(text: string, names: ReadonlyMap<string, string>): string {
  const doc = parse(text);
  if (doc.faults.length > 0) return text;
  const acts = project(doc).all.flatMap(({ path, module }) => {
    const at: Path = [...path, module, 'connection'];
    const known = valueAt(doc, at);
    const other = typeof known === 'string' ? names.get(known) : undefined;
    return other === undefined || other === known ? [] : [(now: typeof doc) => setValue(now, at, other)];
  });
  return applyEdits(text, chain(doc, ...acts));
}

/** The key of the first step that is still to be done. */
export function firstTodo(text: string): string | undefined {
  return project(parse(text)).all.find(({ module }) => module === 'todo')?.key;
}

// Names of steps: one is made when something first refers to a step, and a new one is carried to all that refer to it.
import { type Doc, parse, type Path, valueAt } from '../doc';
import { RESERVED } from '../keys';
import { project } from '../graph';
import { applyEdits, type TextEdit } from '../text';
import { itemLines } from './content';
import { stepSource } from './steps';
import { setValue } from './values';

/** The step's id, made from its module where it has none. */
export function ensureId(doc: Doc, path: Path): { id: string; edits: TextEdit[] } {
  const known = valueAt(doc, [...path, 'id']);
  if (typeof known === 'string' && known !== '') return { id: known, edits: [] };
  const step = project(doc).all.find(({ key }) => key === path.join('/'));
  const id = freshId(step?.module ?? '', takenNames(doc));
  return { id, edits: setValue(doc, [...path, 'id'], id) };
}

/** A name that is not taken, after a module or another name. */
export function freshId(wish: string, taken: ReadonlySet<string>): string {
  const last = wish.split('.').at(-1)!.toLowerCase().replace(/[^a-z0-9_]+/g, '_').replace(/^[^a-z_]+|_+$/g, '');
  const stem = last === '' ? 'step' : last;
  const isFree = (name: string) => !taken.has(name) && !RESERVED.has(name);
  if (isFree(stem)) return stem;
  for (let number = 2; ; number += 1) if (isFree(`${stem}_${number}`)) return `${stem}_${number}`;
}

/** The ids of a text, and the names that its loops give to items. */
export function takenNames(doc: Doc): Set<string> {
  const taken = new Set<string>();
  for (const { id, path, module } of project(doc).all) {
    if (id !== null) taken.add(id);
    const item = module === 'for_each' ? valueAt(doc, [...path, module, 'as']) : undefined;
    if (typeof item === 'string') taken.add(item);
  }
  return taken;
}

/** Steps that are to be put into a text, with other ids where theirs are taken there. */
export function withFreshIds(doc: Doc, sources: string[]): string[] {
  const taken = takenNames(doc);
  let own = parse(`steps:\n${sources.map((source) => itemOf(source)).join('')}`);
  for (const { id, path } of project(own).all) {
    if (id === null) continue;
    const fresh = taken.has(id) ? freshId(id, taken) : id;
    taken.add(fresh);
    if (fresh !== id) own = parse(applyEdits(own.text, setValue(own, [...path, 'id'], fresh)));
  }
  return sources.map((_, index) => stepSource(own, ['steps', index])!);
}

function itemOf(source: string): string {
  return itemLines(source.split('\n')).map((line) => (line === '' ? '\n' : `  ${line}\n`)).join('');
}

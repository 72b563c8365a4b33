// The tree of steps that a text describes, for canvas and outline. Whatever can be read is shown, so that a text in the
// middle of a change still has its picture.
import { isAlias, isMap, isSeq } from 'yaml';
import type { Node } from 'yaml';
import { type Doc, endOf, keyOf, type Path, pairIn, resolved, valueOf } from './doc';
import { COMMON, FLOW } from './keys';

export interface Step {
  /** The path, joined with `/`. */
  key: string;
  path: Path;
  id: string | null;
  /** The name, else the id, else the module. */
  label: string;
  /** `http.request`, `route`, `webhook`; empty where a step has none yet. */
  module: string;
  kind: 'trigger' | 'module' | 'flow';
  when: string | null;
  /** The condition of a `filter` step. */
  filter: string | null;
  disabled: boolean;
  note: string | null;
  /** It stands elsewhere in the text, through an alias. */
  readOnly: boolean;
  branches: Branch[];
  line: number;
  range: [number, number];
}

export interface Branch {
  /** The path of its list of steps, which may not be there yet. */
  path: Path;
  kind: 'route' | 'otherwise' | 'loop' | 'parallel' | 'wait' | 'error';
  label: string | null;
  when: string | null;
  steps: Step[];
}

export interface Graph {
  name: string;
  triggers: Step[];
  steps: Step[];
  /** Triggers first, then every step as the engine numbers them, those of `on_failure` last. */
  all: Step[];
  failure: Step[];
}

export const keyOfPath = (path: Path): string => path.join('/');
export const pathOfKey = (key: string): Path => key.split('/').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** The steps of a text. A step that is as it was in `before` is the same object, with its place brought up to date. */
export function project(doc: Doc, before?: Graph): Graph {
  const reader = new Reader(doc, new Map(before?.all.map((step) => [step.key, step])));
  const root = resolved(doc, doc.document.contents);
  const value = (key: string) => pairIn(root, key)?.value;
  const triggers = reader.triggers(value('trigger'));
  const steps = reader.steps(value('steps'), ['steps'], false);
  const failure = reader.steps(value('on_failure'), ['on_failure'], false);
  const name = text(valueOf(doc, value('name'))) ?? '';
  return { name, triggers, steps, failure, all: reader.all };
}

function text(value: unknown): string | null {
  if (value === null || value === undefined || typeof value === 'object') return null;
  return String(value);
}

class Reader {
  readonly all: Step[] = [];

  constructor(
    readonly doc: Doc,
    readonly before: Map<string, Step>,
  ) {}

  triggers(node: unknown): Step[] {
    const found = resolved(this.doc, node);
    if (!isSeq(found)) return isMap(found) ? [this.trigger(node, ['trigger'], isAlias(node))] : [];
    return found.items.map((item, index) => this.trigger(item, ['trigger', index], isAlias(node) || isAlias(item)));
  }

  trigger(node: unknown, path: Path, readOnly: boolean): Step {
    const map = resolved(this.doc, node);
    const module = isMap(map) && map.items[0] ? keyOf(map.items[0]) : '';
    const facts = { ...NOTHING, label: module, module, kind: 'trigger' as const, readOnly, branches: [] };
    const step = this.settle(node, path, facts);
    this.all.push(step);
    return step;
  }

  /** The steps of a list, which may be missing. */
  steps(node: unknown, path: Path, aliased: boolean, depth = 0): Step[] {
    const list = resolved(this.doc, node);
    // Aliases may go in circles.
    if (!isSeq(list) || depth > 60) return [];
    const within = aliased || isAlias(node);
    return list.items.map((item, index) => this.step(item, [...path, index], within || isAlias(item), depth));
  }

  step(node: unknown, path: Path, readOnly: boolean, depth: number): Step {
    const map = resolved(this.doc, node);
    const position = this.all.length;
    this.all.push(undefined as unknown as Step);
    const step = this.settle(node, path, this.factsOf(map, path, readOnly, depth));
    this.all[position] = step;
    return step;
  }

  factsOf(map: unknown, path: Path, readOnly: boolean, depth: number): Facts {
    const own = (key: string) => text(valueOf(this.doc, pairIn(map, key)?.value));
    const pair = isMap(map) ? map.items.find((pair) => !COMMON.has(keyOf(pair))) : undefined;
    const module = pair ? keyOf(pair) : '';
    const id = own('id');
    // The engine, too, numbers the steps of a handler before those that its step holds.
    const handler = this.handler(map, path, readOnly, depth);
    return {
      id,
      label: own('name') || id || module,
      module,
      kind: FLOW.has(module) ? 'flow' : 'module',
      when: own('when'),
      filter: module === 'filter' ? own('filter') : null,
      disabled: own('disabled') === 'true',
      note: own('note'),
      readOnly,
      branches: [...this.branchesOf(module, pair?.value, [...path, module], readOnly, depth), ...handler],
    };
  }

  branchesOf(module: string, value: unknown, path: Path, readOnly: boolean, depth: number): Branch[] {
    const held = resolved(this.doc, value);
    const aliased = readOnly || isAlias(value);
    switch (module) {
      case 'route':
        return this.routes(held, path, aliased, depth);
      case 'parallel':
        return this.lanes(held, path, aliased, depth);
      case 'for_each':
      case 'repeat':
        return [this.branch('loop', held, [...path, 'steps'], aliased, depth)];
      case 'wait_for':
        return pairIn(held, 'steps') ? [this.branch('wait', held, [...path, 'steps'], aliased, depth)] : [];
      default:
        return [];
    }
  }

  routes(held: unknown, path: Path, aliased: boolean, depth: number): Branch[] {
    if (!isMap(held)) return this.routesOf(held, path, aliased, depth);
    const keys = held.items.map(keyOf);
    const otherwise = () => (keys.includes('otherwise') ? [this.branch('otherwise', held, [...path, 'otherwise'], aliased, depth)] : []);
    const first = keys.indexOf('otherwise') < keys.indexOf('branches') ? otherwise() : undefined;
    const branches = this.routesOf(resolved(this.doc, pairIn(held, 'branches')?.value), [...path, 'branches'], aliased, depth);
    return [...branches, ...(first ?? otherwise())];
  }

  routesOf(list: unknown, path: Path, aliased: boolean, depth: number): Branch[] {
    return (isSeq(list) ? list.items : []).map((item, index) => {
      const branch = resolved(this.doc, item);
      const kind = pairIn(branch, 'otherwise') ? 'otherwise' : 'route';
      const key = kind === 'otherwise' ? 'otherwise' : 'steps';
      return this.branch(kind, branch, [...path, index, key], aliased || isAlias(item), depth);
    });
  }

  lanes(held: unknown, path: Path, aliased: boolean, depth: number): Branch[] {
    if (isSeq(held)) {
      return held.items.map((item, index) => {
        const branch = resolved(this.doc, item);
        return this.branch('parallel', branch, [...path, index, 'steps'], aliased || isAlias(item), depth);
      });
    }
    if (!isMap(held)) return [];
    return held.items.map((pair) => {
      const branch = this.branch('parallel', held, [...path, keyOf(pair)], aliased, depth);
      return { ...branch, label: keyOf(pair) };
    });
  }

  handler(map: unknown, path: Path, readOnly: boolean, depth: number): Branch[] {
    const value = pairIn(map, 'on_error')?.value;
    const held = resolved(this.doc, value);
    if (!pairIn(held, 'steps')) return [];
    return [this.branch('error', held, [...path, 'on_error', 'steps'], readOnly || isAlias(value), depth)];
  }

  /** The branch whose steps stand under the last key of a path, in a map that may also name it. */
  branch(kind: Branch['kind'], map: unknown, path: Path, aliased: boolean, depth: number): Branch {
    const own = (key: string) => text(valueOf(this.doc, pairIn(map, key)?.value));
    const steps = this.steps(pairIn(map, path.at(-1)!)?.value, path, aliased, depth + 1);
    const named = kind === 'route' || (kind === 'parallel' && path.at(-1) === 'steps');
    return { path, kind, label: named ? own('name') : null, when: kind === 'route' ? own('when') : null, steps };
  }

  /** The step with its place: the one from before, where nothing else about it is new. */
  settle(node: unknown, path: Path, facts: Facts): Step {
    const key = keyOfPath(path);
    const start = (node as Node | null)?.range?.[0] ?? 0;
    const range: [number, number] = [start, Math.max(start, node ? endOf(node) : 0)];
    const { line } = this.doc.lines.linePos(start);
    const old = this.before.get(key);
    if (!old || !same(old, facts)) return { key, path, ...facts, line, range };
    old.line = line;
    old.range = range;
    return old;
  }
}

type Facts = Omit<Step, 'key' | 'path' | 'line' | 'range'>;

const NOTHING = { id: null, when: null, filter: null, disabled: false, note: null };

function same(old: Step, { branches, ...facts }: Facts): boolean {
  for (const [fact, value] of Object.entries(facts)) if (old[fact as keyof Step] !== value) return false;
  return old.branches.length === branches.length && branches.every((branch, index) => sameBranch(old.branches[index]!, branch));
}

function sameBranch(old: Branch, now: Branch): boolean {
  if (old.kind !== now.kind || old.label !== now.label || old.when !== now.when || old.steps.length !== now.steps.length) return false;
  return keyOfPath(old.path) === keyOfPath(now.path) && now.steps.every((step, index) => step === old.steps[index]);
}

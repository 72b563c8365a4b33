// An import on its way: what was given, what the server makes of it, which of it is wanted, and what it becomes.
import { keepConnection } from '../api/connections';
import { connections, type Named } from '../api/connected';
import { saveDraft, saveLayout } from '../api/editing';
import { Refused, SignedOut } from '../api/http';
import { importFile, type Imported, type Question } from '../api/import';
import { session } from '../api/session.svelte';
import { parse } from '../model/doc';
import { project, type Graph } from '../model/graph';
import type { Point } from '../model/layout';
import { free } from '../template/match';
import { taken } from '../template/begin';
import { usual, type Answer } from './answer';
import { isArchive, unpacked, Unsound } from './archive';
import { placed } from './places';
import { keyOf, questionsOf } from './report';
import { firstTodo, withConnections } from './rewrite';

/** The longest text that the server takes, in bytes. */
export const longest = 15 << 20;

/** What was dropped or chosen, pasted, or named by its address. */
export type Given = File[] | string | { url: string };

/** Why a file gives no scenario: `said` by the server, or what the page sees by itself. */
export type Complaint = { kind: 'said'; message: string } | { kind: 'tooLarge' | 'unreadable' | 'unreachable' | Unsound['kind'] | 'nothing' };

/** One scenario that a file gives. */
export interface Candidate {
  key: string;
  file: string;
  imported: Imported;
  graph: Graph;
  places: Record<string, Point>;
}

export interface Unfit {
  file: string;
  complaint: Complaint;
}

/** A draft that was made. */
export interface Made {
  id: string;
  name: string;
  /** The key of the first step that is still to be done. */
  todo: string | undefined;
}

export class Intake {
  candidates = $state.raw<Candidate[]>([]);
  unfit = $state.raw<Unfit[]>([]);
  /** How many files have been read, of how many; none while nothing is read. */
  progress = $state.raw<{ read: number; all: number } | undefined>();
  /** The candidates that are not wanted, by their keys. */
  left = $state.raw<ReadonlySet<string>>(new Set());
  answers = $state.raw<ReadonlyMap<string, Answer>>(new Map());
  known = $state.raw<readonly Named[]>([]);
  made = $state.raw<Made[]>([]);
  #count = 0;

  readonly chosen: Candidate[] = $derived.by(() => this.candidates.filter(({ key }) => !this.left.has(key)));
  readonly questions: Question[] = $derived.by(() => questionsOf(this.chosen.map(({ imported }) => imported)));

  /** What a question is answered with: by the reader, else what is most likely meant. */
  answer(question: Question): Answer {
    return this.answers.get(keyOf(question)) ?? usual(question, this.known);
  }

  decide(question: Question, answer: Answer): void {
    this.answers = new Map([...this.answers, [keyOf(question), answer]]);
  }

  want(candidate: Candidate, wanted: 'wanted' | 'left'): void {
    const left = new Set(this.left);
    if (wanted === 'left') left.add(candidate.key);
    else left.delete(candidate.key);
    this.left = left;
  }

  async reload(): Promise<void> {
    this.known = await connections();
  }

  /** Reads what was given, one file after the other. */
  async take(given: Given): Promise<void> {
    this.made = [];
    this.progress = { read: 0, all: 1 };
    const parts = Array.isArray(given) ? (await Promise.all(given.map((file) => this.#opened(file)))).flat() : [given];
    await this.reload();
    for (const [read, part] of parts.entries()) {
      this.progress = { read, all: parts.length };
      if (typeof part === 'string') await this.#send('', { name: '', text: part });
      else if ('url' in part) await this.#send(part.url, part);
      else await this.#read(part);
    }
    this.progress = undefined;
  }

  /** The file itself or, of an archive, those in it. */
  async #opened(file: File): Promise<File[]> {
    try {
      if (!(await isArchive(file))) return [file];
      const files = await unpacked(file);
      if (files.length === 0) this.#refuse(file.name, { kind: 'nothing' });
      return files;
    } catch (error) {
      this.#refuse(file.name, { kind: error instanceof Unsound ? error.kind : 'unreadable' });
      return [];
    }
  }

  async #read(file: File): Promise<void> {
    const { name } = file;
    if (file.size > longest) {
      this.#refuse(name, { kind: 'tooLarge' });
      return;
    }
    // A folder that was dropped cannot be read, nor can what is gone meanwhile.
    const text = await file.text().catch(() => undefined);
    if (text === undefined) this.#refuse(name, { kind: 'unreadable' });
    else await this.#send(name, { name, text });
  }

  async #send(name: string, file: Parameters<typeof importFile>[0]): Promise<void> {
    try {
      this.#add(name, await importFile(file));
    } catch (error) {
      if (error instanceof SignedOut) session.signedOut = true;
      this.#refuse(name, error instanceof Refused ? { kind: 'said', message: error.message } : { kind: 'unreachable' });
    }
  }

  #add(file: string, scenarios: readonly Imported[]): void {
    const added = scenarios.map((imported) => {
      const graph = project(parse(imported.text));
      this.#count += 1;
      return { key: String(this.#count), file, imported, graph, places: placed(graph, imported.positions) };
    });
    this.candidates = [...this.candidates, ...added];
  }

  #refuse(file: string, complaint: Complaint): void {
    this.unfit = [...this.unfit, { file, complaint }];
  }

  /** Makes the connections that are asked for, then a draft of each scenario that is wanted, with its places. */
  async create(): Promise<Made[]> {
    const names = await this.#connections();
    const ids = await taken();
    const made: Made[] = [];
    for (const { imported, graph, places } of this.chosen) {
      const id = free(imported.id, ids);
      ids.push(id);
      const text = this.#written(imported, names);
      await saveDraft(id, { text, basis: null, revision: 0 });
      if (Object.keys(places).length > 0) await saveLayout(id, { positions: places, notes: [] });
      made.push({ id, name: graph.name || id, todo: firstTodo(text) });
    }
    this.made = made;
    return made;
  }

  /** The text of the only scenario that is wanted, for one that is open. */
  async text({ imported }: Candidate): Promise<string> {
    return this.#written(imported, await this.#connections());
  }

  #written({ text, report }: Imported, names: ReadonlyMap<string, string>): string {
    const own = new Map(report.connections.flatMap((question) => {
      const name = names.get(keyOf(question));
      return name === undefined ? [] : [[question.name, name] as const];
    }));
    return withConnections(text, own);
  }

  /** What the connection of each question is called. */
  async #connections(): Promise<Map<string, string>> {
    const names = new Map<string, string>();
    for (const question of this.questions) {
      const answer = this.answer(question);
      if (answer.kind === 'later') continue;
      if (answer.kind === 'sandbox') {
        await keepConnection(answer.name, { type: answer.type, fields: { sandbox: true } });
        this.decide(question, { kind: 'use', name: answer.name });
      }
      names.set(keyOf(question), answer.name);
    }
    return names;
  }
}

// What other tools exported, as the server's API makes scenarios of it. It keeps nothing of them.
import { post } from './http';

/** Whether a module of the file runs here. */
export type ItemState = 'runs' | 'needs_connection' | 'needs_decision' | 'not_executable';

/** What became of one module of the file. */
export interface Item {
  /** Its id in the file. */
  id: string;
  /** Its kind there: `app:Module`, or a node's type. */
  module: string;
  /** The step that it is now; none where it became a part of others. */
  step: string | null;
  state: ItemState;
  reason?: string;
  next?: string;
}

/** An account that steps need, asked once for all of them. */
export interface Question {
  /** What the connection is called in the text. */
  name: string;
  /** Types of connection that fit. */
  types: string[];
  /** What it was called before, where the file tells. */
  was: string | null;
  steps: string[];
}

export interface Report {
  modules: { total: number; executable: number; todo: number };
  expressions: { total: number; translated: number };
  connections: Question[];
  items: Item[];
}

/** A scenario made of a file. */
export interface Imported {
  /** What it may be called. */
  id: string;
  kind: string;
  text: string;
  report: Report;
  /** Where its steps stood, by their ids. */
  positions: { step: string; x: number; y: number }[];
}

/** The scenarios of a file: what is in it, or where it lies in the web, from where the server fetches it. */
export async function importFile(file: { name: string; text: string } | { url: string }): Promise<Imported[]> {
  return (await post<{ scenarios: Imported[] }>('/import', file)).scenarios;
}

// What the server's API says, version 1, as the pages use it. Statuses come from the document itself (schema.ts); that the
// rest agrees with it is checked in agreement.ts.
import type { RunStatus, StepStatus } from './schema';

export type { RunStatus, StepStatus };

/** Why something is wrong with a scenario's text, and where. Lines and columns count from 1. */
export interface Diagnostic {
  code: string;
  severity: 'error' | 'warning';
  place: { line: number; column: number };
  message: string;
  hint?: string;
}

/** What starts a scenario. Kinds that this page does not know yet are shown by their name. */
export type Trigger =
  | { kind: 'webhook'; path: string; url: string; methods?: string[] }
  | { kind: 'schedule'; next: string | null }
  | { kind: 'mail'; connection: string; folder: string; looked: string | null }
  | { kind: 'mailhook'; address: string; open: boolean }
  | {
      kind: 'poll';
      module: string;
      next: string | null;
      answered: string | null;
      failures: number;
      problem: string | null;
    }
  | { kind: 'call' }
  | { kind: 'failure' }
  | { kind: 'manual' };

export const runStatuses = [
  'running',
  'waiting',
  'held',
  'succeeded',
  'stopped',
  'failed',
  'cancelled',
] as const satisfies readonly RunStatus[];

export interface Scenario {
  id: string;
  name: string;
  description?: string | null;
  enabled: boolean;
  version: string;
  /** The file's name in the served folder. */
  source: string;
  diagnostics: Diagnostic[];
  triggers: Trigger[];
  last_run: { id: string; status: RunStatus; at: number | string } | null;
}

export interface ScenarioText extends Scenario {
  text: string;
}

/** One line of the list of runs; times are milliseconds since 1970. */
export interface RunSummary {
  id: string;
  scenario: string;
  status: RunStatus;
  created: number;
  changed: number;
}

export interface RunPage {
  items: RunSummary[];
  /** The `before` of the next page; null on the last. */
  next: string | null;
}

export interface RunError {
  code: string;
  message: string;
  hint?: string | null;
  /** The far side's HTTP status, where it has one. */
  status?: number | null;
}

export interface Step {
  step: number;
  /** Which turn of each loop around it, outermost first, from 0. */
  turns: number[];
  id?: string | null;
  label: string;
  module: string;
  status: StepStatus;
  attempts: number;
  started?: number | null;
  ended?: number | null;
  output?: unknown;
  /** What was sent, secrets masked. */
  sent?: unknown;
  /** Whether the call was only written down, not made. */
  sandbox: boolean;
  error?: RunError | null;
  /** Until when it waits; milliseconds since 1970. */
  until?: number | null;
  /** Where it is answered, while it waits for that. */
  resume_url?: string | null;
  /** Who answered it; no user where it was somebody with the link. */
  answered?: { at: number; by: string | null } | null;
  /** The run it called. */
  child?: string | null;
  /** Who resumed it after it was held. */
  released_by?: string | null;
  /** Attempts that failed and were to be followed by another. */
  failures?: FailedAttempt[];
  /** What a filter compared. */
  comparisons?: Comparison[];
  /** It was done by the run that this one does again. */
  copied?: boolean;
  /** Its output was given; it was not called. */
  pinned?: boolean;
}

export interface FailedAttempt {
  attempt: number;
  started: number;
  ended: number;
  error: RunError;
  /** When the next attempt was due. */
  next: number;
}

/** One comparison of a filter: both sides as JSON, with their types. */
export interface Comparison {
  left: string;
  left_type: string;
  operator: string;
  right: string;
  right_type: string;
  result: boolean;
}

/** Names and values, in order; a name may stand there twice. */
export type Pairs = [name: string, value: string][];

export interface Run extends RunSummary {
  /** Whether it is of a text that was tried, not of the live one. */
  trial?: boolean;
  version?: string;
  /** The run that it does again. */
  replay_of?: string;
  input?: {
    source: string;
    method?: string | null;
    /** Below `/hook/`. */
    path?: string | null;
    query?: Pairs;
    headers?: Pairs;
    body?: unknown;
  };
  steps: Step[];
  /** The body is text, or base64 where `encoding` says so. */
  response?: { status: number; headers: Pairs; body: unknown; encoding?: 'base64' } | null;
  error?: RunError | null;
}

/** Which runs to list. */
export interface RunFilter {
  scenario?: string;
  status?: RunStatus;
  /** Text that an input, an output or an error must have. */
  q?: string;
  /** Days, as `2026-11-22` in the reader's zone; both are within. */
  since?: string;
  until?: string;
}

/** Whether a run is over, so that nothing about it changes any more. */
export function isOver(status: RunStatus): boolean {
  return status !== 'running' && status !== 'waiting' && status !== 'held';
}

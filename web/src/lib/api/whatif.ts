// What a text would have made of past inputs.
import { post } from './http';

export interface Difference {
  /** The step, with its turns in brackets; `answer` or `end`. */
  at: string;
  /** What of it: `status`, `output.total`; `call` for one that is made only once, `step` for one that is reached only once. */
  path: string;
  was?: unknown;
  would_be?: unknown;
}

export interface Compared {
  run: string;
  created: number;
  differences: Difference[];
  /** What nobody answered then, so that it is not known. */
  unknown?: string | null;
}

export interface WhatIf {
  same: number;
  different: number;
  items: Compared[];
}

/** Compares a text with what the last runs did. Nothing leaves the machine. */
export function whatIf(scenario: string, text: string, last: number): Promise<WhatIf> {
  return post(`/scenarios/${encodeURIComponent(scenario)}/whatif`, { text, last });
}

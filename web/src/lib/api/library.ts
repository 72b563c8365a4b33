// What expressions can call, and what they give: the functions' reference, and the preview of an expression.
import { get, post } from './http';

export interface LibraryFunction {
  name: string;
  group: string;
  signature: string;
  summary: string;
  example: string;
  result: string;
}

export interface Evaluation {
  value?: unknown;
  error?: EvaluationError;
}

export interface EvaluationError {
  code: string;
  message: string;
  hint?: string | null;
  at?: { line: number; column: number } | null;
}

export interface Question {
  expression?: string;
  template?: string;
  scope: Record<string, unknown>;
  run?: string;
}

export async function functions(signal: AbortSignal): Promise<LibraryFunction[]> {
  return (await get<{ items: LibraryFunction[] }>('/functions', signal)).items;
}

/** What an expression or a text with expressions gives. Secrets are never put in. */
export function evaluate(question: Question): Promise<Evaluation> {
  return post('/evaluate', question);
}

// How the question for an account can be answered, and what is most likely meant. Pure.
import type { Named } from '../api/connected';
import type { Question } from '../api/import';
import { free } from '../template/match';

export type Answer =
  /** One that is there. */
  | { kind: 'use'; name: string }
  /** A new one that records calls and sends nothing, until somebody gives it a credential. */
  | { kind: 'sandbox'; name: string; type: string }
  /** The name stays in the text, and the check tells that nothing has it. */
  | { kind: 'later' };

/** Those of the connections that fit. */
export function fitting({ types }: Question, known: readonly Named[]): Named[] {
  return known.filter(({ type }) => types.includes(type));
}

/** Every answer there is, the new ones last. */
export function choices(question: Question, known: readonly Named[]): Answer[] {
  const name = free(question.name, known.map((one) => one.name));
  return [
    ...fitting(question, known).map(({ name }): Answer => ({ kind: 'use', name })),
    ...question.types.map((type): Answer => ({ kind: 'sandbox', name, type })),
    { kind: 'later' },
  ];
}

/** One of the same name, else the only one that fits, else a new one. */
export function usual(question: Question, known: readonly Named[]): Answer {
  const fits = fitting(question, known);
  const own = fits.find(({ name }) => name === question.name) ?? (fits.length === 1 ? fits[0] : undefined);
  return own ? { kind: 'use', name: own.name } : (choices(question, known).find(({ kind }) => kind === 'sandbox') ?? { kind: 'later' });
}

/** The answer as the value of a choice. */
export function valueOf(answer: Answer): string {
  return answer.kind === 'later' ? 'later' : answer.kind === 'use' ? `use ${answer.name}` : `sandbox ${answer.type}`;
}

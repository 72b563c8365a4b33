// What an error's hint proposes, as something that can be done at once. Pure.
import type { EvaluationError } from '../api/library';

export interface Suggestion {
  /** The name that is wrong. */
  wrong: string;
  /** The one that was probably meant. */
  meant: string;
}

type Complaint = Pick<EvaluationError, 'message' | 'hint'>;

/** None where the hint proposes no other name. */
export function suggestionIn({ message, hint }: Complaint): Suggestion | undefined {
  const meant = /did you mean `([^`]+)`/i.exec(hint ?? '')?.[1];
  const wrong = /`([^`]+)`/.exec(message)?.[1]?.split(/\??\./).at(-1);
  return meant && wrong && meant !== wrong ? { wrong, meant } : undefined;
}

/** The text with the wrong name replaced where it first stands as a name. */
export function applied(text: string, { wrong, meant }: Suggestion): string {
  const escaped = wrong.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const place = new RegExp(`(?<![\\p{L}\\p{N}_])${escaped}(?![\\p{L}\\p{N}_])`, 'gu');
  const within = [...text.matchAll(place)].find(({ index }) => !text.includes('{{') || text.lastIndexOf('{{', index) >= 0);
  return within ? text.slice(0, within.index) + meant + text.slice(within.index + wrong.length) : text;
}

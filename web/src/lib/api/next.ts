// When a schedule is due next, and what it means in words, as the server tells it of a text that is not saved.
import { post } from './http';

export interface Outlook {
  /** What the schedule means and by which clock, by language. */
  words: Partial<Record<string, string>>;
  /** The next times, by that clock, with its offset (RFC 3339). */
  next: string[];
}

/** Of each schedule in the text; a text with errors has none. */
export async function outlook(text: string): Promise<Outlook[]> {
  return (await post<{ schedules: Outlook[] }>('/next', { text })).schedules;
}

// What the functions of expressions do, in the language in use; English is what the server says.
import { lazily } from './lazily.svelte';

const words = lazily({
  'zh-TW': () => import('./functions/zh-TW'),
  'zh-CN': () => import('./functions/zh-CN'),
});

/** The functions with what they do; in English until the words are there. Reactive. */
export function explained<Known extends { name: string; summary: string }>(functions: readonly Known[]): readonly Known[] {
  const known = functions.length > 0 ? words()?.summaries : undefined;
  return known ? functions.map((one) => ({ ...one, summary: known[one.name] ?? one.summary })) : functions;
}

// Why a step failed and what to try, in the language in use. The words come when the first failure is looked at.
import type { Failure, Failures } from './failures/en';
import { lazily } from './lazily.svelte';

const words = lazily<{ failures: Failures }>({
  en: () => import('./failures/en'),
  'zh-TW': () => import('./failures/zh-TW'),
  'zh-CN': () => import('./failures/zh-CN'),
});

/** What the code means and what to try; nothing for a code that a scenario made up, or until the words are there. Reactive. */
export function failure(code: string): Failure | undefined {
  const known = words()?.failures;
  return known && Object.hasOwn(known, code) ? known[code as keyof Failures] : undefined;
}

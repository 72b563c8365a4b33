// What the engine says, in the language in use. The sentences come when the first reader of Chinese needs them.
import type { Said } from './diagnostics/translated';
import { language } from './language.svelte';

let sentences = $state.raw<typeof import('./diagnostics/translated') | undefined>();
let asked = false;

/** The same finding in the language in use; in the engine's own words until the sentences are there. Reactive. */
export function inWords<Finding extends Said>(finding: Finding): Finding {
  const spoken = language();
  if (spoken === 'en') return finding;
  if (sentences) return sentences.translated(finding, spoken);
  fetchSentences();
  return finding;
}

function fetchSentences(): void {
  if (asked) return;
  asked = true;
  import('./diagnostics/translated').then(
    (loaded) => (sentences = loaded),
    () => (asked = false),
  );
}

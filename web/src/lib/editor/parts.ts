// What of the editor is not needed to see and move steps: fetched when it is first shown, or before that, once the browser
// has nothing else to do.
import { withWords } from '../i18n';

export const parts = {
  runs: withWords(() => import('../run/RunPanel.svelte')),
  overview: withWords(() => import('./Overview.svelte')),
  form: withWords(() => import('../form/StepForm.svelte')),
  map: withWords(() => import('../canvas/Map.svelte')),
  details: withWords(() => import('../run/RunDetails.svelte')),
  palette: withWords(() => import('../canvas/Palette.svelte')),
  menu: withWords(() => import('./Menu.svelte')),
  webhook: withWords(() => import('../run/WebhookPanel.svelte')),
  mailhook: withWords(() => import('../run/MailhookPanel.svelte')),
  schedule: withWords(() => import('../run/SchedulePanel.svelte')),
  commands: withWords(() => import('./Commands.svelte')),
  ask: withWords(() => import('./Ask.svelte')),
  input: withWords(() => import('../run/RunInput.svelte')),
  import: withWords(() => import('../import/ImportDialog.svelte')),
  todo: withWords(() => import('../form/TodoForm.svelte')),
  origin: withWords(() => import('../form/Origin.svelte')),
  paste: withWords(() => import('./PasteDialog.svelte')),
  failed: withWords(() => import('../run/FailedStep.svelte')),
  several: withWords(() => import('./Several.svelte')),
  keys: withWords(() => import('./Keys.svelte')),
  conflict: withWords(() => import('./Conflict.svelte')),
  outline: withWords(() => import('../canvas/Outline.svelte')),
  yaml: withWords(() => import('../code/YamlView.svelte')),
  history: withWords(() => import('../run/History.svelte')),
  versions: withWords(() => import('../run/Versions.svelte')),
};

/** Fetches every part, until the function it returns is called. */
export function fetchAhead(): () => void {
  const later = globalThis.requestIdleCallback ?? ((act: () => void) => setTimeout(act, 200));
  const forget = globalThis.cancelIdleCallback ?? clearTimeout;
  const waiting = Object.values(parts);
  let next = later(fetchOne);
  function fetchOne() {
    const part = waiting.shift();
    // What cannot be fetched now says so when it is shown.
    void part?.().catch(() => undefined).then(() => (next = later(fetchOne)));
  }
  return () => {
    waiting.length = 0;
    forget(next);
  };
}

// What an action is: one thing that can be done, wherever it is asked for.
import type { Bench } from '../editor/bench.svelte';
import type { IconName } from '../ui/icons';

export interface Action {
  id: string;
  label: () => string;
  /** `ctrl+shift+z`; the first is the one that is shown. */
  keys: readonly string[];
  /** Where its keys count: on the canvas; on the page, but not while one writes; or anywhere. */
  where: 'canvas' | 'page' | 'anywhere';
  /** One with an icon has a button on the canvas. */
  icon?: IconName;
  /** In which part of the context menu it stands. */
  menu?: 'step' | 'edit';
  /** Its keys are the browser's own, which tells of them by events of their own. */
  native?: true;
  when: (bench: Bench) => boolean;
  perform: (bench: Bench) => void;
}

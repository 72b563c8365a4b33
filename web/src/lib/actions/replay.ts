// Does the run that is shown again, from the selected step on.
import { t } from '../i18n';
import { replayFrom, replayWhole } from '../run/again';
import type { Action } from './action';

export const replay: Action = {
  id: 'replay',
  label: () => t.actions.replay,
  keys: [],
  where: 'canvas',
  menu: 'step',
  when: ({ trial, editor }) => !trial.busy && editor.run !== undefined && editor.selected.size === 1,
  perform: ({ editor: { watch, selected } }) => {
    const [key] = selected;
    const turn = key === undefined ? undefined : watch.records.get(key)?.[0];
    void (turn ? replayFrom(watch, turn) : replayWhole(watch, 'same'));
  },
};

// Saves the text as a file.
import { download } from '../editor/download';
import { t } from '../i18n';
import type { Action } from './action';

export const exportYaml: Action = {
  id: 'exportYaml',
  label: () => t.actions.exportYaml,
  keys: [],
  where: 'page',
  when: () => true,
  perform: ({ editor }) => download(`${editor.id}.yaml`, 'application/yaml', editor.text),
};

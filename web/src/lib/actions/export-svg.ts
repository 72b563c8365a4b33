// Saves the picture as a file.
import { download } from '../editor/download';
import { t } from '../i18n';
import type { Action } from './action';

export const exportSvg: Action = {
  id: 'exportSvg',
  label: () => t.actions.exportSvg,
  keys: [],
  where: 'page',
  when: ({ graph }) => graph.all.length > 0,
  perform: async ({ editor, graph, layout }) => {
    const { svgOf } = await import('../canvas/svg');
    download(`${editor.id}.svg`, 'image/svg+xml', svgOf(graph, layout));
  },
};

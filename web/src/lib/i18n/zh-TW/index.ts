// Traditional Chinese as in Taiwan: section by section, in the shape of the English.
import type { Dictionary } from '../en';
import { actions, canvas } from './canvas';
import { common } from './everywhere';
import { editor } from './editor';
import { code, data, form } from './form';
import { draft, hook, hooks, request, resend, schema } from './hooks';
import { alarms, begin, connections, queues, search, secrets, settings, stores, templates } from './pages';
import { inspect, past, versions, watch, webhook, whatif } from './run';
import { entry, shell } from './shell';

export const zhTW: Dictionary = {
  ...common,
  actions,
  canvas,
  alarms,
  begin,
  code,
  connections,
  data,
  draft,
  editor,
  entry,
  form,
  hook,
  hooks,
  inspect,
  past,
  queues,
  request,
  resend,
  schema,
  search,
  secrets,
  settings,
  shell,
  stores,
  templates,
  versions,
  watch,
  webhook,
  whatif,
};

// English: every sentence of the page, section by section. Its type is what other languages must have too.
import { actions, canvas } from './canvas';
import { common } from './everywhere';
import { editor } from './editor';
import { code, data, form } from './form';
import { draft, hook, hooks, request, resend, schema } from './hooks';
import { alarms, begin, connections, queues, search, secrets, settings, stores, templates } from './pages';
import { inspect, past, versions, watch, webhook, whatif } from './run';
import { entry, shell } from './shell';

export const en = {
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

export type Dictionary = typeof en;

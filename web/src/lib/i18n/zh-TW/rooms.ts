// Traditional Chinese as in Taiwan: what the pages say, and the panels of the editor.
import type { Rooms } from '../en/rooms';
import { entry } from './entry';
import { code, data, form } from './form';
import { draft, hook, hooks, request, resend, schema } from './hooks';
import { alarms, begin, connections, queues, search, secrets, settings, stores, templates } from './pages';
import { inspect, versions, webhook, whatif } from './run';

export const rooms: Rooms = {
  alarms,
  begin,
  code,
  connections,
  data,
  draft,
  entry,
  form,
  hook,
  hooks,
  inspect,
  queues,
  request,
  resend,
  schema,
  search,
  secrets,
  settings,
  stores,
  templates,
  versions,
  webhook,
  whatif,
};

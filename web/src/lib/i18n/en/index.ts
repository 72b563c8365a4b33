// English: every sentence of the page, section by section. Its type is what other languages must have too.
import { common } from './common';
import { editor } from './editor';
import { draft, hook, hooks, request, resend, schema } from './hooks';
import { inspect, past, versions, watch, webhook, whatif } from './run';

export const en = { ...common, editor, hooks, hook, request, resend, draft, schema, inspect, past, versions, watch, webhook, whatif };

export type Dictionary = typeof en;

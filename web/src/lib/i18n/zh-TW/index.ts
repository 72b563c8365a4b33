// Traditional Chinese as in Taiwan: section by section, in the shape of the English.
import type { Dictionary } from '../en';
import { common } from './common';
import { editor } from './editor';
import { draft, hook, hooks, request, resend, schema } from './hooks';
import { inspect, past, versions, watch, webhook, whatif } from './run';

export const zhTW: Dictionary = { ...common, editor, hooks, hook, request, resend, draft, schema, inspect, past, versions, watch, webhook, whatif };

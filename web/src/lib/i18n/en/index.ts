// English: every sentence of the page, section by section. Its type is what other languages must have too.
import { common } from './common';
import { editor } from './editor';
import { draft, hook, hooks, request, resend, schema } from './hooks';

export const en = { ...common, editor, hooks, hook, request, resend, draft, schema };

export type Dictionary = typeof en;

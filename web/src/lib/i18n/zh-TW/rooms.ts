// Traditional Chinese as in Taiwan: what the pages say, and the panels of the editor.
import type { Rooms } from '../en/rooms';
import * as entry from './entry';
import * as form from './form';
import * as hooks from './hooks';
import * as imports from './imports';
import * as pages from './pages';
import * as run from './run';

export const rooms: Rooms = { ...entry, ...form, ...hooks, ...imports, ...pages, ...run };

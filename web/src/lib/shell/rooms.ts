// What one can go to, and which pages belong to it.
import type { Route } from '../router/route';
import type { IconName } from '../ui/icons';

export interface Room {
  /** Also the name of its icon, and of its sentence. */
  name: Extract<IconName, 'scenarios' | 'templates' | 'runs' | 'hooks' | 'alarms' | 'queues' | 'connections' | 'stores' | 'settings'>;
  route: Route;
  pages: Route['page'][];
  /** On a phone there is place for few; the others are behind a button. */
  rank: 'main' | 'more';
}

export const rooms: Room[] = [
  { name: 'scenarios', route: { page: 'scenarios' }, pages: ['scenarios', 'scenario'], rank: 'main' },
  { name: 'templates', route: { page: 'templates' }, pages: ['templates'], rank: 'more' },
  { name: 'runs', route: { page: 'runs', filter: {} }, pages: ['runs', 'run'], rank: 'main' },
  { name: 'hooks', route: { page: 'hooks' }, pages: ['hooks', 'hook'], rank: 'main' },
  { name: 'alarms', route: { page: 'alarms' }, pages: ['alarms'], rank: 'main' },
  { name: 'queues', route: { page: 'queues' }, pages: ['queues'], rank: 'more' },
  { name: 'connections', route: { page: 'connections' }, pages: ['connections'], rank: 'more' },
  { name: 'stores', route: { page: 'stores' }, pages: ['stores', 'store'], rank: 'more' },
  { name: 'settings', route: { page: 'settings' }, pages: ['settings'], rank: 'more' },
];

// The component of each page, fetched when it is first asked for: what nobody looks at is not loaded.
import type { Component } from 'svelte';

import { withWords } from '../i18n';
import type { Route } from './route';

type Page = Component<Record<string, unknown>>;

const loaders: Record<Route['page'], () => Promise<{ default: unknown }>> = {
  scenarios: withWords(() => import('../../routes/Scenarios.svelte')),
  scenario: () => import('../../routes/Scenario.svelte'),
  templates: withWords(() => import('../../routes/Templates.svelte')),
  runs: withWords(() => import('../../routes/Runs.svelte')),
  run: withWords(() => import('../../routes/Run.svelte')),
  hooks: withWords(() => import('../../routes/Hooks.svelte')),
  hook: withWords(() => import('../../routes/Hook.svelte')),
  connections: withWords(() => import('../../routes/Connections.svelte')),
  stores: withWords(() => import('../../routes/Stores.svelte')),
  store: withWords(() => import('../../routes/Store.svelte')),
  alarms: withWords(() => import('../../routes/Alarms.svelte')),
  queues: withWords(() => import('../../routes/Queues.svelte')),
  settings: withWords(() => import('../../routes/Settings.svelte')),
  unknown: () => import('../../routes/Unknown.svelte'),
};

/** The component of a page; its properties are what else the route says. */
export async function component(page: Route['page']): Promise<Page> {
  return (await loaders[page]()).default as Page;
}

/** What a route says beside its page. */
export function properties(route: Route): Record<string, unknown> {
  const { page: _, ...rest } = route;
  return rest;
}

/** Pages of which another one is shown anew, not changed into it. */
export function identity(route: Route): string {
  if (route.page === 'hook') return `hook ${route.path}`;
  if (route.page === 'scenario') return `scenario ${route.id}`;
  if (route.page === 'store') return `store ${route.name}`;
  return route.page;
}

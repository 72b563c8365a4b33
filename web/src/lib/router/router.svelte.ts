// The address bar as state, and links that change it without loading the page anew.
import { href, parse, type Route } from './route';

let route = $state.raw<Route>(here());

/** What is to be shown. */
export function current(): Route {
  return route;
}

/** Shows something else, as a new entry in the browser's history. */
export function go(next: Route): void {
  history.pushState(null, '', href(next));
  route = next;
  scrollTo(0, 0);
}

/** Shows another part of the same page: in its place, without a new entry in the history and without scrolling. */
export function turn(next: Route): void {
  history.replaceState(null, '', href(next));
  route = next;
}

/** Keeps route and address bar together until the function it returns is called. */
export function follow(): () => void {
  const control = new AbortController();
  const { signal } = control;
  addEventListener('popstate', () => (route = here()), { signal });
  document.addEventListener('click', followLink, { signal });
  return () => control.abort();
}

function here(): Route {
  return parse(location.pathname, location.search);
}

/** Plain clicks on links into the page stay in the page; all others are the browser's business. */
function followLink(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!link || !plain || event.defaultPrevented || link.target || link.origin !== location.origin) return;
  const next = parse(link.pathname, link.search);
  const withinPage = link.pathname === location.pathname && link.hash !== '';
  if (next.page === 'unknown' || withinPage) return;
  event.preventDefault();
  go(next);
}

// Which disc is next in a direction, for the arrow keys. Pure.
import type { Point } from '../model/layout';

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The key of the nearest one that way; straight on counts more than aside. */
export function neighbour(places: ReadonlyMap<string, Point>, from: string, direction: Direction): string | undefined {
  const here = places.get(from);
  if (!here) return undefined;
  let best: string | undefined;
  let least = Infinity;
  for (const [key, place] of places) {
    const cost = key === from ? Infinity : distance(here, place, direction);
    if (cost < least) [best, least] = [key, cost];
  }
  return best;
}

function distance(from: Point, to: Point, direction: Direction): number {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const level = direction === 'left' || direction === 'right';
  const ahead = direction === 'right' ? dx : direction === 'left' ? -dx : direction === 'down' ? dy : -dy;
  const aside = Math.abs(level ? dy : dx);
  if (ahead <= 8) return Infinity;
  return ahead + aside * 2;
}

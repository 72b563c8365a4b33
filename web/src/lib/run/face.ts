// Which colour and icon stand for a module. Pure.

export type Colour = 'violet' | 'blue' | 'green' | 'orange' | 'red' | 'olive' | 'grey';

export interface Face {
  colour: Colour;
  /** An SVG path in a box of 24 × 24. */
  icon: string;
}

const branch = 'M4 12h6M10 12l8-6M10 12l8 6M15 5l3 1-1 3M17 15l1 3-3 1';

/** By the whole name of a module or, where there is none, by its app. */
const faces: Record<string, Face> = {
  http: { colour: 'blue', icon: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18' },
  google_sheets: { colour: 'green', icon: 'M5 4h14v16H5zM5 9.500h14M5 14.500h14M11 9.500V20' },
  email: { colour: 'orange', icon: 'M3 6h18v12H3zM3 7l9 7 9-7' },
  respond: { colour: 'red', icon: 'M10 6l-6 6 6 6M4 12h10a6 6 0 0 1 6 6' },
  set: { colour: 'violet', icon: 'M9 4c-3 0-3 2-3 4s0 4-2 4c2 0 2 2 2 4s0 4 3 4M15 4c3 0 3 2 3 4s0 4 2 4c-2 0-2 2-2 4s0 4-3 4' },
  rhai: { colour: 'violet', icon: 'M8 8l-4 4 4 4M16 8l4 4-4 4M13.500 5l-3 14' },
  filter: { colour: 'olive', icon: 'M4 5h16l-6 8v6l-4-2v-4z' },
  route: { colour: 'olive', icon: branch },
  parallel: { colour: 'olive', icon: branch },
  for_each: { colour: 'olive', icon: 'M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4' },
  wait: { colour: 'grey', icon: 'M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4l3 2' },
};

const unknown: Face = { colour: 'grey', icon: 'M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9' };

export function face(module: string): Face {
  const app = module.split('.')[0] ?? '';
  return own(module) ?? own(app) ?? unknown;
}

function own(name: string): Face | undefined {
  return Object.hasOwn(faces, name) ? faces[name] : undefined;
}

// Which colour and icon stand for a module. Pure.

export type Colour = 'violet' | 'blue' | 'green' | 'orange' | 'red' | 'olive' | 'grey' | 'teal' | 'plum';

export interface Face {
  colour: Colour;
  /** An SVG path in a box of 24 × 24. */
  icon: string;
  /** Whether it is the module's own, or its app's; not one for whatever is unknown. */
  known: boolean;
}

/** Fixed in both themes: white on each is 4.5:1 or more. */
export const colours: Record<Colour, string> = {
  ...{ violet: '#6d4fc2', blue: '#2563b8', green: '#1f7a4d', orange: '#b1521b', red: '#c2335c' },
  ...{ olive: '#587548', grey: '#5a6475', teal: '#0f7480', plum: '#7b3b8c' },
};

const branch = 'M4 12h6M10 12l8-6M10 12l8 6M15 5l3 1-1 3M17 15l1 3-3 1';

/** By the whole name of a module or, where there is none, by its app. */
const faces: Record<string, Omit<Face, 'known'>> = {
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
  repeat: { colour: 'olive', icon: 'M17 3l3 3-3 3M4 11V9a3 3 0 0 1 3-3h13M7 21l-3-3 3-3M20 13v2a3 3 0 0 1-3 3H4' },
  assign: { colour: 'violet', icon: 'M5 9h14M5 15h14' },
  webhook: { colour: 'red', icon: 'M3 12h4l3-7 4 14 3-7h4' },
  schedule: { colour: 'teal', icon: 'M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4l3 2' },
  mail: { colour: 'blue', icon: 'M3 6h18v12H3zM3 7l9 6 9-6' },
  mailhook: { colour: 'blue', icon: 'M3 8h18v11H3zM3 9l9 6 9-6M12 2v7M9 6l3 3 3-3' },
  manual: { colour: 'grey', icon: 'M8 12V6a2 2 0 0 1 4 0v5l5 1a2 2 0 0 1 2 2v2a5 5 0 0 1-5 5h-2a5 5 0 0 1-4-2l-4-5 2-2z' },
  failure: { colour: 'orange', icon: 'M12 4L2.500 20h19zM12 10v4M12 17h.01' },
  call: { colour: 'teal', icon: 'M4 7h9a5 5 0 0 1 5 5v5M14 13l4 4 4-4' },
  return: { colour: 'teal', icon: 'M9 6l-5 5 5 5M4 11h11a5 5 0 0 1 5 5v3' },
  todo: { colour: 'orange', icon: 'M9 3.500h6v3H9zM8 5H5v16h14V5h-3M9 13.500l2.500 2.500 4-5' },
  stop: { colour: 'grey', icon: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM9 9h6v6H9z' },
  fail: { colour: 'orange', icon: 'M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16h.01' },
  wait_for: { colour: 'grey', icon: 'M8 7a4 4 0 1 0 8 0a4 4 0 1 0-8 0M4 21a8 8 0 0 1 16 0' },
  slack: { colour: 'plum', icon: 'M9 4v16M15 4v16M4 9h16M4 15h16' },
  line: { colour: 'green', icon: 'M4 10c0-4 4-6 8-6s8 2 8 6-4 6-7 6l-4 4v-4c-3-1-5-3-5-6M9 10h.01M12 10h.01M15 10h.01' },
  store: { colour: 'teal', icon: 'M5 6c0-2 14-2 14 0v12c0 2-14 2-14 0zM5 6c0 2 14 2 14 0M5 12c0 2 14 2 14 0' },
  file: { colour: 'grey', icon: 'M6 3h8l4 4v14H6zM14 3v4h4' },
  surveycake: { colour: 'orange', icon: 'M6 4h12v16H6zM9 9h6M9 13h6M9 17h3' },
  wait: { colour: 'grey', icon: 'M12 4a8 8 0 1 0 0 16a8 8 0 1 0 0-16M12 8v4l3 2' },
};

const unknown: Face = { known: false, colour: 'grey', icon: 'M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.500 8-4.500M12 12v9' };

export function face(module: string): Face {
  const app = module.split('.')[0] ?? '';
  return own(module) ?? own(app) ?? unknown;
}

function own(name: string): Face | undefined {
  const found = Object.hasOwn(faces, name) ? faces[name] : undefined;
  return found && { ...found, known: true };
}

// Light or dark: as the system says, or as the reader chose. What was chosen is set before the first paint by
// public/theme.js.

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const remembered = 'theme';

let chosen = $state<Theme>(read());

/** What the reader chose. */
export function theme(): Theme {
  return chosen;
}

/** Shows these colours from now on, and remembers it. */
export function paint(next: Theme): void {
  chosen = next;
  if (next === 'system') {
    localStorage.removeItem(remembered);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(remembered, next);
    document.documentElement.dataset.theme = next;
  }
}

function read(): Theme {
  const kept = localStorage.getItem(remembered);
  return kept === 'light' || kept === 'dark' ? kept : 'system';
}

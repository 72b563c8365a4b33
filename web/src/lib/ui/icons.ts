// Line icons of buttons, as SVG paths in a box of 24 × 24.

export const icons = {
  undo: 'M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3',
  redo: 'M16 5l4 4-4 4M20 9H10a6 6 0 0 0 0 12h3',
  play: 'M7 4.500v15l12-7.500z',
  stop: 'M6 6h12v12H6z',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  tidy: 'M4 5h6v5H4zM14 5h6v5h-6zM14 15h6v5h-6zM10 7.500h4M12 7.500v10h2',
  search: 'M10.500 4a6.500 6.500 0 1 0 0 13a6.500 6.500 0 1 0 0-13M15.500 15.500L20 20',
  tree: 'M5 5h14M9 12h10M9 19h10M5 5v14h4M5 12h4',
  close: 'M6 6l12 12M18 6L6 18',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  note: 'M5 4h14v11l-5 5H5zM14 20v-5h5M8 9h8M8 12.500h4',
  pin: 'M9 4h6l-1 6 4 4H6l4-4zM12 14v6',
  alert: 'M12 4L2.500 20h19zM12 10v4M12 17h.01',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13',
  history: 'M4 12a8 8 0 1 0 3-6.200M4 4v4h4M12 8v4l3 2',
  keyboard: 'M3 7h18v11H3zM7 11h.01M11 11h.01M15 11h.01M8 14.500h8',
  download: 'M12 4v11M7 10.500l5 5 5-5M4 20h16',
} as const;

export type IconName = keyof typeof icons;

// The shapes a value can have, and how one becomes another. Pure.

export const shapes = ['text', 'number', 'truth', 'list', 'map', 'nothing'] as const;
export type Shape = (typeof shapes)[number];

export function shapeOf(value: unknown): Shape {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object' && value !== null) return 'map';
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'truth';
  return typeof value === 'string' ? 'text' : 'nothing';
}

/** The value in another shape: as much of it as fits. */
export function converted(value: unknown, shape: Shape): unknown {
  const before = shapeOf(value);
  if (before === shape && value !== undefined) return value;
  const isEmpty = value === undefined || value === null || value === '';
  switch (shape) {
    case 'text':
      return isEmpty ? '' : typeof value === 'object' ? firstText(value) : String(value);
    case 'number':
      return Number.isFinite(Number(value)) ? Number(value) : 0;
    case 'truth':
      return value === 'true' || (typeof value === 'number' && value !== 0);
    case 'list':
      return isEmpty ? [''] : before === 'map' ? Object.values(value as object) : [value];
    case 'map':
      return isEmpty ? {} : Object.fromEntries((before === 'list' ? (value as unknown[]) : [value]).map((item, index) => [`value${index + 1}`, item]));
    case 'nothing':
      return null;
  }
}

function firstText(value: object | null): string {
  const [first] = Object.values(value ?? {});
  return typeof first === 'string' || typeof first === 'number' ? String(first) : '';
}

// The code views are loaded when the first of them is shown: they are most of what the editor weighs.
type Fields = typeof import('./field');
type Yaml = typeof import('./yaml');

let fields: Fields | undefined;

export async function loadFields(): Promise<Fields> {
  fields ??= await import('./field');
  return fields;
}

export function loadYaml(): Promise<Yaml> {
  return import('./yaml');
}

// Which templates a few words find, and what a new scenario may be called. Pure.
import type { Template } from '../api/templates';

/** What a template is called and does, in a language where it is told in it. */
export function told(template: Template, language: string): { name: string; description: string } {
  const words = template.i18n?.[language];
  return { name: words?.name ?? template.name, description: words?.description ?? template.description };
}

/** Those that have every word, in any language or in the names of their modules. */
export function matching(templates: Template[], text: string): Template[] {
  const words = text.toLocaleLowerCase().split(/\s+/).filter((word) => word !== '');
  return templates.filter((template) => {
    const others = Object.values(template.i18n ?? {}).flatMap(({ name, description }) => [name ?? '', description ?? '']);
    const all = [template.id, template.name, template.description, ...template.modules, ...others].join(' ').toLocaleLowerCase();
    return words.every((word) => all.includes(word));
  });
}

/** The first name of `base`, `base-2`, `base-3`… that is not taken. */
export function free(base: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  let name = base;
  for (let number = 2; names.has(name); number += 1) name = `${base}-${number}`;
  return name;
}

// The code views' styles under a strict content security policy: they write a <style> element, which it refuses, unless
// their document has a style set that keeps a constructed sheet. This gives it one, before the first view is made.
import { StyleModule } from 'style-mod';

let done = false;

/** Has the document's code views keep their styles in a sheet that the policy allows. */
export function allowStyles(): void {
  if (done || !('adoptedStyleSheets' in document)) return;
  done = true;
  // A root without a head is what style-mod makes constructed sheets for; the set it leaves there serves the document.
  const root = { ownerDocument: document, adoptedStyleSheets: [...document.adoptedStyleSheets] };
  StyleModule.mount(root as unknown as ShadowRoot, new StyleModule({}));
  for (const key of Object.getOwnPropertySymbols(root)) Reflect.set(document, key, Reflect.get(root, key));
}

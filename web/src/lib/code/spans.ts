// Where expressions stand in a text: `{{ … }}`, as the server reads it. Pure.

export interface Span {
  from: number;
  to: number;
  /** What stands between the braces, without blanks around it. */
  inner: string;
}

/** The expressions of a text that are closed. `\{{` is text; braces within a text of an expression are part of it. */
export function spans(text: string): Span[] {
  const found: Span[] = [];
  let at = 0;
  while ((at = text.indexOf('{{', at)) >= 0) {
    if (text[at - 1] === '\\') {
      at += 2;
      continue;
    }
    const end = endOf(text, at + 2);
    if (end < 0) break;
    found.push({ from: at, to: end, inner: text.slice(at + 2, end - 2).trim() });
    at = end;
  }
  return found;
}

/** The expression that a place is in, from its braces to this place; one that is not closed yet, too. */
export function openAt(text: string, at: number): { from: number; text: string } | undefined {
  let open = 0;
  while ((open = text.indexOf('{{', open)) >= 0 && open + 2 <= at) {
    if (text[open - 1] === '\\') {
      open += 2;
      continue;
    }
    const end = endOf(text, open + 2);
    if (end < 0 || end - 2 >= at) return { from: open + 2, text: text.slice(open + 2, at) };
    open = end;
  }
  return undefined;
}

/** Where an expression that begins here has its closing braces behind it; -1 where it has none. */
function endOf(text: string, start: number): number {
  let depth = 0;
  let quote = '';
  for (let at = start; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (quote !== '') {
      if (letter === '\\') at += 1;
      else if (letter === quote) quote = '';
    } else if (letter === '"' || letter === '`') quote = letter;
    else if (letter === '{') depth += 1;
    else if (letter === '}' && depth > 0) depth -= 1;
    else if (letter === '}' && text[at + 1] === '}') return at + 2;
  }
  return -1;
}

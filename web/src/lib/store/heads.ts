// What the columns of a file are called: read from its first line, so that one of them can be chosen.

/** Enough for any first line. */
const most = 65_536;

export async function heads(file: Blob, charset: string): Promise<string[]> {
  const bytes = await file.slice(0, most).arrayBuffer();
  return names(new TextDecoder(charset || 'utf-8').decode(bytes));
}

/** The cells of the first line: parted by whatever it has most of, as the server does. */
export function names(text: string): string[] {
  const [separator = ','] = [',', ';', '\t'].toSorted((one, other) => count(text, other) - count(text, one));
  const cells: string[] = [];
  let [cell, quoted] = ['', false];
  for (const letter of text.replace(/^\uFEFF/, '')) {
    if (letter === '"') quoted = !quoted;
    else if (quoted) cell += letter;
    else if (letter === '\n') break;
    else if (letter === separator) cells.push(cell), (cell = '');
    else cell += letter;
  }
  return [...new Set([...cells, cell].map((name) => name.trim()).filter((name) => name !== ''))];
}

function count(text: string, separator: string): number {
  return (text.split(/\r?\n/, 1)[0] ?? '').split(separator).length;
}

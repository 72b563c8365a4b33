// What keys mean that were pressed before the field they were meant for was there. Pure.

/** The text they write, and whether it was entered. */
export function typed(keys: string[]): { text: string; entered: boolean } {
  const letters: string[] = [];
  for (const key of keys) {
    if (key === 'Enter') return { text: letters.join(''), entered: true };
    if (key === 'Backspace') letters.pop();
    else letters.push(key);
  }
  return { text: letters.join(''), entered: false };
}

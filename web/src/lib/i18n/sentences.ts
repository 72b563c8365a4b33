// The sentences of a dictionary one by one, for tests that read them all.
export type Sentence = string | ((...values: unknown[]) => string);

/** Every sentence by where it stands. */
export function sentences(value: unknown, at: string): [string, Sentence][] {
  if (typeof value === 'string' || typeof value === 'function') return [[at, value as Sentence]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => sentences(inner, at ? `${at}.${key}` : key));
}

/** What a sentence says of values that are told apart; lists where it wants lists, words where it wants words. */
export function spoken(sentence: Sentence): string {
  if (typeof sentence === 'string') return sentence;
  const kinds = [[41, 42, 43, 44], [[40], [41], [42], [43]], ['word41', 'word42', 'word43', 'word44'], [{}, {}, {}, {}]];
  for (const values of kinds) {
    try {
      const said = sentence(...values.slice(0, sentence.length));
      if (typeof said === 'string' && !said.includes('undefined')) return said;
    } catch {
      continue; // it wants another kind of value
    }
  }
  throw new Error('a sentence that takes what this test does not know');
}

// The language of scripts and expressions, for colours alone.
import { StreamLanguage, type StringStream } from '@codemirror/language';

const keywords = new Set(
  'let const if else switch for in while loop do until return break continue fn throw try catch is and or not'.split(' '),
);
const atoms = new Set(['true', 'false', 'this']);

interface State {
  /** What ends the text or comment we are in. */
  within: '"' | '`' | '*/' | null;
}

/** Goes on to the end of what it is in, or of the line. */
function rest(stream: StringStream, state: State): string {
  const kind = state.within === '*/' ? 'comment' : 'string';
  while (!stream.eol()) {
    if (state.within && stream.match(state.within)) {
      state.within = null;
      break;
    }
    if (stream.next() === '\\' && kind === 'string') stream.next();
  }
  return kind;
}

function token(stream: StringStream, state: State): string | null {
  if (state.within) return rest(stream, state);
  if (stream.eatSpace()) return null;
  if (stream.match('//')) {
    stream.skipToEnd();
    return 'comment';
  }
  const opening = stream.match(/^(?:"|`|\/\*)/) as RegExpMatchArray | null;
  if (opening) {
    state.within = opening[0] === '/*' ? '*/' : (opening[0] as '"' | '`');
    return rest(stream, state);
  }
  if (stream.match(/^'(?:[^'\\]|\\.)+'/)) return 'string';
  if (stream.match(/^(?:0x[\da-f_]+|0b[01_]+|0o[0-7_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:e[+-]?\d+)?)/i)) return 'number';
  const word = stream.match(/^[\p{L}_][\p{L}\p{N}_]*/u) as RegExpMatchArray | null;
  if (word) return named(word[0], stream.match(/^\s*\(/, false) !== null);
  stream.next();
  return null;
}

function named(word: string, called: boolean): string {
  if (keywords.has(word)) return 'keyword';
  if (atoms.has(word)) return 'atom';
  return called ? 'variableName.function' : 'variableName';
}

export const rhai = StreamLanguage.define<State>({
  name: 'rhai',
  startState: () => ({ within: null }),
  token,
  languageData: { commentTokens: { line: '//', block: { open: '/*', close: '*/' } }, closeBrackets: { brackets: ['(', '[', '{', '"', '`'] } },
});

// A text becomes a document. A change within some steps of a long scenario reads only those again: the rest is taken
// over from the document before, at its new places.
import { type Document, isAlias, isMap, isPair, isSeq, LineCounter, parseDocument } from 'yaml';
import { reread } from './reread';

export interface Fault {
  message: string;
  from: number;
  to: number;
  line: number;
}

export interface Doc {
  readonly text: string;
  readonly faults: Fault[];
  readonly document: Document.Parsed;
  readonly lines: LineCounter;
}

/** The document of a text. With the one before, only what changed is read again. */
export function parse(text: string, before?: Doc): Doc {
  const document = before instanceof Parsed ? before.handOver(text) : undefined;
  return new Parsed(text, document);
}

const OPTIONS = { keepSourceTokens: true, prettyErrors: false, intAsBigInt: true, logLevel: 'silent' } as const;

function read(text: string): Document.Parsed {
  return parseDocument(text, OPTIONS);
}

class Parsed implements Doc {
  readonly faults: Fault[];
  readonly lines: LineCounter;
  private own: Document.Parsed | undefined;

  constructor(
    readonly text: string,
    document: Document.Parsed | undefined,
  ) {
    this.own = document ?? read(text);
    this.lines = linesOf(text);
    this.faults = document ? [] : faultsOf(this);
  }

  /** Where the document went on to live with a later text, it is read again. */
  get document(): Document.Parsed {
    this.own ??= read(this.text);
    return this.own;
  }

  /** The document, brought up to another text; none where that takes a reading of the whole. */
  handOver(text: string): Document.Parsed | undefined {
    const document = this.own;
    if (!document || this.faults.length > 0) return undefined;
    const change = reread(document, this.text, text, read);
    if (!change) return undefined;
    this.own = undefined;
    change();
    return document;
  }
}

function linesOf(text: string): LineCounter {
  const lines = new LineCounter();
  lines.lineStarts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines.lineStarts.push(at + 1);
  return lines;
}

function faultsOf(doc: Doc): Fault[] {
  const { text, document, lines } = doc;
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const faults: Fault[] = document.errors.map(({ message, pos: [from, to] }) => ({ message, from, to, line: lineAt(from) }));
  if (faults.length > 0) return faults;
  const root = document.contents;
  if (root !== null && !isMap(root) && text.slice(root.range[0], root.range[1]).trim() !== '') {
    return [{ message: 'a scenario is a map of keys', from: root.range[0], to: root.range[1], line: lineAt(root.range[0]) }];
  }
  return danglingAliases(doc);
}

function danglingAliases(doc: Doc): Fault[] {
  const found: Fault[] = [];
  if (!doc.text.includes('*')) return found;
  const known = new Set<string>();
  const visit = (node: unknown): void => {
    if (isPair(node)) {
      visit(node.key);
      visit(node.value);
      return;
    }
    if (isAlias(node) && node.range && !known.has(node.source)) {
      const [from, to] = node.range;
      found.push({ message: `nothing is named &${node.source} before this`, from, to, line: doc.lines.linePos(from).line });
    }
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor) known.add(anchor);
    if (isMap(node) || isSeq(node)) node.items.forEach(visit);
  };
  visit(doc.document.contents);
  return found;
}


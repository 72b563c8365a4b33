// The JSON files of a zip archive, as tools export many scenarios at once. It is unpacked in the browser, piece by piece and
// within bounds: a small archive may stand for endless zeros.

/** The most that is unpacked of one archive, in bytes, and of how many files. */
export const bounds = { bytes: 64 << 20, files: 2000 };

/** Why an archive gives no files. */
export class Unsound extends Error {
  constructor(readonly kind: 'broken' | 'tooMuch') {
    super(kind);
  }
}

interface Entry {
  name: string;
  method: number;
  /** How many bytes it has as it is packed. */
  packed: number;
  /** Where its own header begins. */
  at: number;
}

/** Records of APPNOTE.TXT 6.3.10: the header of a file, its line in the directory, the end of the directory. */
const signatures = { file: 0x04034b50, line: 0x02014b50, end: 0x06054b50 };
const lengths = { file: 30, line: 46, end: 22 };
const stored = 0;
const deflated = 8;

/** Whether the bytes are those of a zip archive. */
export async function isArchive(file: Blob): Promise<boolean> {
  if (file.size < lengths.end) return false;
  const start = new DataView(await file.slice(0, 4).arrayBuffer()).getUint32(0, true);
  return start === signatures.file || start === signatures.end;
}

/** Its JSON files, in the order of the directory. */
export async function unpacked(file: Blob): Promise<File[]> {
  const bytes = new DataView(await file.arrayBuffer());
  const entries = attempt(() => directory(bytes)).filter(({ name }) => /\.json$/i.test(name) && !name.startsWith('__MACOSX/'));
  if (entries.length > bounds.files) throw new Unsound('tooMuch');
  let left = bounds.bytes;
  const files: File[] = [];
  for (const entry of entries) {
    const content = await contentOf(bytes, entry, left);
    left -= content.size;
    files.push(new File([content], entry.name));
  }
  return files;
}

function directory(bytes: DataView): Entry[] {
  // The end is the last thing but for a comment of 64 KiB at most.
  let end = bytes.byteLength - lengths.end;
  const first = Math.max(0, end - 0xffff);
  while (end >= first && bytes.getUint32(end, true) !== signatures.end) end -= 1;
  if (end < first) throw new Unsound('broken');
  const entries: Entry[] = [];
  let at = bytes.getUint32(end + 16, true);
  for (let number = bytes.getUint16(end + 10, true); number > 0; number -= 1) {
    if (bytes.getUint32(at, true) !== signatures.line) throw new Unsound('broken');
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.getUint16(at + offset, true)) as [number, number, number];
    entries.push({
      name: new TextDecoder().decode(new Uint8Array(bytes.buffer, at + lengths.line, name)),
      method: bytes.getUint16(at + 10, true),
      packed: bytes.getUint32(at + 20, true),
      at: bytes.getUint32(at + 42, true),
    });
    at += lengths.line + name + extra + comment;
  }
  return entries;
}

async function contentOf(bytes: DataView, { method, packed, at }: Entry, most: number): Promise<Blob> {
  const raw = attempt(() => {
    if (bytes.getUint32(at, true) !== signatures.file) throw new Unsound('broken');
    const start = at + lengths.file + bytes.getUint16(at + 26, true) + bytes.getUint16(at + 28, true);
    return new Uint8Array(bytes.buffer as ArrayBuffer, start, packed);
  });
  if (method !== stored && method !== deflated) throw new Unsound('broken');
  const source = new Blob([raw]).stream();
  const pieces: BlobPart[] = [];
  let size = 0;
  const reader = (method === stored ? source : source.pipeThrough(new DecompressionStream('deflate-raw'))).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Unsound('broken');
    });
    if (done) return new Blob(pieces);
    size += value.byteLength;
    if (size > most) {
      await reader.cancel();
      throw new Unsound('tooMuch');
    }
    pieces.push(value);
  }
}

/** What points out of the archive is as broken as what points to nothing. */
function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof RangeError ? new Unsound('broken') : error;
  }
}

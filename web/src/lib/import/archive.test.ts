import { deflateRawSync } from 'node:zlib';

import { expect, test } from 'vitest';

import { bounds, isArchive, unpacked, Unsound } from './archive';

interface Given {
  name: string;
  content: Uint8Array | string;
  method?: number;
}

/** An archive as tools write them. */
function zip(files: Given[], comment = ''): Blob {
  const parts: Buffer[] = [];
  const lines: Buffer[] = [];
  let at = 0;
  for (const { name, content, method = 8 } of files) {
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const [title, header, line] = [Buffer.from(name), Buffer.alloc(30), Buffer.alloc(46)];
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(method, 8);
    header.writeUInt16LE(title.length, 26);
    line.writeUInt32LE(0x02014b50, 0);
    line.writeUInt16LE(method, 10);
    line.writeUInt32LE(packed.length, 20);
    line.writeUInt16LE(title.length, 28);
    line.writeUInt32LE(at, 42);
    parts.push(header, title, packed);
    lines.push(line, title);
    at += header.length + title.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return new Blob([...parts, ...lines, end, comment] as BlobPart[]);
}

async function read(archive: Blob): Promise<[string, string][]> {
  const files = await unpacked(archive);
  return Promise.all(files.map(async (file): Promise<[string, string]> => [file.name, await file.text()]));
}

test('JSON files are unpacked, others are left', async () => {
  const archive = zip([
    { name: 'a.json', content: '{"flow":[]}' },
    { name: 'deep/訂單.JSON', content: '{}', method: 0 },
    { name: 'read me.txt', content: 'hello' },
    { name: '__MACOSX/._a.json', content: 'x' },
  ], 'made by somebody');
  expect(await isArchive(archive)).toBe(true);
  expect(await read(archive)).toEqual([['a.json', '{"flow":[]}'], ['deep/訂單.JSON', '{}']]);
});

test('an empty archive has no files, and other files are no archives', async () => {
  expect(await read(zip([]))).toEqual([]);
  expect(await isArchive(zip([]))).toBe(true);
  for (const text of ['', 'PK', '{"flow":[]}', '{"flow":[], "name": "long enough for an end"}']) expect(await isArchive(new Blob([text]))).toBe(false);
});

test('an archive that holds more than is read is refused before it is unpacked whole', async () => {
  const zeros = { name: 'zeros.json', content: new Uint8Array(bounds.bytes / 2 + 1) };
  await expect(unpacked(zip([zeros, zeros]))).rejects.toMatchObject({ kind: 'tooMuch' });
  const many = Array.from({ length: bounds.files + 1 }, (_, index) => ({ name: `${index}.json`, content: '', method: 0 }));
  await expect(unpacked(zip(many))).rejects.toMatchObject({ kind: 'tooMuch' });
});

test('however an archive is damaged, it is refused or read', async () => {
  const whole = new Uint8Array(await zip([{ name: 'a.json', content: '{"flow":[]}' }]).arrayBuffer());
  await expect(unpacked(new Blob([whole.slice(0, -20)]))).rejects.toBeInstanceOf(Unsound);
  await expect(unpacked(zip([{ name: 'a.json', content: '{}', method: 99 }]))).rejects.toMatchObject({ kind: 'broken' });
  for (let at = 0; at < whole.length; at += 1) {
    const damaged = whole.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    await unpacked(new Blob([damaged])).catch((error: unknown) => expect(error).toBeInstanceOf(Unsound));
  }
});

// Compresses what the build made, in both ways that browsers read: once here, in place of at each request. The files
// themselves go, for the few clients that read neither the server unpacks one.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

const most = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };

function pack(folder: string): void {
  for (const name of readdirSync(folder).filter((it) => /\.(?:js|css|svg)$/.test(it))) {
    const file = join(folder, name);
    const bytes = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, most));
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }));
    rmSync(file);
  }
}

export function packed(): Plugin {
  return { name: 'packed', apply: 'build', writeBundle: ({ dir = '' }) => pack(join(dir, 'assets')) };
}

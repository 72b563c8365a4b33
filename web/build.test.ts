// What the built page must keep to. Needs `npm run build` before.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

const web = fileURLToPath(new URL('.', import.meta.url));
const read = (path: string) => readFileSync(web + path, 'utf8');
const page = () => read('dist/index.html');

test('the first load is at most 160 KB, compressed', () => {
  const loaded = [...page().matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((match) => match[1]);
  expect(loaded.some((name) => name?.endsWith('.js'))).toBe(true);
  const sizes = loaded.map((name) => gzipSync(readFileSync(`${web}dist/${name}`)).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(160 * 1024);
});

test('a strict content security policy is kept', () => {
  expect(page()).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(page()).not.toMatch(/<style|\sstyle=|\son\w+=/);
  expect(page()).not.toMatch(/(?:src|href)="(?!\/)/);
  const styles = readdirSync(`${web}dist/assets`).filter((name) => name.endsWith('.css'));
  for (const name of styles) expect(read(`dist/assets/${name}`)).not.toMatch(/@import|url\((?!["']?\/)/);
});

interface Package {
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

test('the lock file serves every registry and every platform', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Package> };
  for (const [name, { resolved, optionalDependencies }] of Object.entries(packages)) {
    expect(resolved, name).toBeUndefined();
    const platforms = Object.keys(optionalDependencies ?? {});
    expect(platforms.filter((platform) => !packages[`node_modules/${platform}`])).toEqual([]);
  }
});

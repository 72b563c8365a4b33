// What the built page must keep to. Needs `npm run build` before.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

import { expect, test } from 'vitest';

const web = fileURLToPath(new URL('.', import.meta.url));
const read = (path: string) => readFileSync(web + path, 'utf8');
const page = () => read('dist/index.html');

/** The files that pages name; each is there in two compressed forms. */
const assets = () => readdirSync(`${web}dist/assets`).filter((name) => name.endsWith('.gz')).map((name) => name.slice(0, -3));
const zipped = (name: string) => readFileSync(`${web}dist/assets/${name}.gz`);
const asset = (name: string) => gunzipSync(zipped(name)).toString();

/** A file, and every file that must be there before it can begin. */
function needed(name: string, found = new Set<string>()): Set<string> {
  if (found.has(name)) return found;
  found.add(name);
  const imported = asset(name).matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g);
  for (const [, file] of imported) needed(file as string, found);
  return found;
}

/** What opening a page loads until it is usable, compressed: the entry, the sentences of the wordiest language, the page. */
function load(page: string, sentences: string[]): number {
  const entry = /src="\/assets\/([^"]+\.js)"/.exec(read('dist/index.html'))?.[1] ?? '';
  const sizeOf = (name: string) => zipped(name).length;
  const called = (stem: string) => assets().filter((name) => name.startsWith(`${stem}-`) && name.endsWith('.js'));
  const wordiest = (stem: string) => called(stem).toSorted((one, other) => sizeOf(other) - sizeOf(one))[0] ?? '';
  expect(called(page)).toHaveLength(1);
  for (const stem of sentences) expect(called(stem)).toHaveLength(3);
  const files = new Set<string>();
  for (const name of [entry, ...sentences.map(wordiest), ...called(page)]) needed(name, files);
  return [...files].reduce((sum, name) => sum + sizeOf(name), 0) / 1024;
}

test.each([
  ['Scenarios', ['frame', 'rooms'], 80],
  ['Scenario', ['frame'], 160],
])('%s: what is loaded until it is usable is small', (page, sentences, most) => {
  const kilobytes = load(page, sentences);
  expect(kilobytes).toBeGreaterThan(20);
  expect(kilobytes).toBeLessThanOrEqual(most);
});

test('every file is there for browsers that read brotli, and for those that read gzip', () => {
  const names = readdirSync(`${web}dist/assets`);
  expect(names.toSorted()).toEqual(assets().flatMap((name) => [`${name}.br`, `${name}.gz`]).toSorted());
});

test('a strict content security policy is kept', () => {
  expect(page()).not.toMatch(/<script(?![^>]*\ssrc=)/);
  expect(page()).not.toMatch(/<style|\sstyle=|\son\w+=/);
  expect(page()).not.toMatch(/(?:src|href)="(?!\/)/);
  const styles = assets().filter((name) => name.endsWith('.css'));
  for (const name of styles) expect(asset(name)).not.toMatch(/@import|url\((?!["']?\/)/);
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

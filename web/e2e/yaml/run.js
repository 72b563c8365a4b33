// What people see who write scenarios in a text editor: the schema that the real binary prints, in a real YAML language
// server, with every shipped scenario.
//   node e2e/yaml/run.js --binary target/debug/hookmill --report FILE
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { LanguageClient } from './language-client.js';

const scenarios = fileURLToPath(new URL('../../../scenarios', import.meta.url));

const { values: options } = parseArgs({
  options: { binary: { type: 'string', default: '../target/debug/hookmill' }, report: { type: 'string' } },
});

const folder = mkdtempSync(join(tmpdir(), 'hookmill-schema-'));
const schema = join(folder, 'scenario.schema.json');
writeFileSync(schema, execFileSync(resolve(options.binary), ['schema'], { maxBuffer: 1 << 26 }));

// What docs/editors.md has people write into their settings.
const editor = await LanguageClient.start({
  schemas: { [pathToFileURL(schema)]: ['scenarios/*.yaml', '!connections.yaml', '!secrets.yaml'] },
  validate: true,
  completion: true,
  hover: true,
});
const count = { passed: 0, failed: 0, skipped: 0 };
let texts = 0;
try {
  for (const file of readdirSync(scenarios).filter((name) => isScenario(name))) {
    await test(`${file} is without a mistake`, async () => {
      assert.deepEqual(await problems(readFileSync(join(scenarios, file), 'utf8')), []);
    });
  }
  await test('the keys of a scenario are offered', async () => {
    has(await editor.offers(next(), 'name: A\n|'), ['steps', 'trigger', 'timezone', 'tests']);
  });
  await test('modules and the keys of a step are offered', async () => {
    const offered = await editor.offers(next(), 'steps:\n  - id: a\n    |\n');
    has(offered, ['http.request', 'store.add', 'for_each', 'respond', 'retry', 'on_error', 'when']);
  });
  await test('the parameters of a module are offered', async () => {
    has(await editor.offers(next(), 'steps:\n  - store.put:\n      |\n'), ['table', 'key', 'value', 'ttl', 'if']);
    has(await editor.offers(next(), 'steps:\n  - http.request:\n      |\n'), ['url', 'method', 'json']);
  });
  await test('the words of a parameter are offered', async () => {
    has(await editor.offers(next(), 'steps:\n  - route:\n      take: |\n'), ['all', 'first']);
  });
  await test('a module and a parameter are explained', async () => {
    const explained = await editor.tells(next(), 'steps:\n  - store.a|dd: { table: t, key: k }\n');
    assert.match(explained, /Adds to a number in a data store/);
    assert.match(await editor.tells(next(), 'steps:\n  - store.put:\n      tt|l: 5m\n'), /How long the record lives/);
  });
  for (const [what, text, line] of [
    ['an unknown key', 'steps:\n  - set: 1\nstpes: []\n', 3],
    ['an unknown module', 'steps:\n  - store.putt: { table: t }\n', 2],
    ['a parameter of another kind', 'steps:\n  - store.search:\n      table: t\n      limit: [1]\n', 4],
    ['a missing parameter', 'steps:\n  - store.get:\n      table: t\n', 2],
    ['a word that is none', 'steps:\n  - route:\n      take: some\n      branches: [{ steps: [] }]\n', 3],
    ['a step without a module', 'steps:\n  - id: a\n', 2],
  ]) {
    await test(`${what} is marked`, async () => {
      const found = await problems(text);
      const lines = found.map((problem) => problem.line);
      assert.ok(lines.includes(line), `expected line ${line}, found ${JSON.stringify(found)}`);
    });
  }
  await test('a first line can name the schema', async () => {
    const text = `# yaml-language-server: $schema=${pathToFileURL(schema)}\nstpes: []\n`;
    const found = await editor.problems(pathToFileURL(join(folder, 'elsewhere.yml')).href, text);
    assert.match(found.map((problem) => problem.message).join('\n'), /stpes/);
  });
} finally {
  await editor.stop();
  rmSync(folder, { recursive: true, force: true });
}
if (options.report) writeFileSync(options.report, JSON.stringify(count));
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 ? 1 : 0;

async function test(name, body) {
  try {
    await body();
    count.passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    count.failed += 1;
    console.log(`FAILED ${name}\n${error.stack ?? error}`);
  }
}

/** What the editor marks in a text, line by line. */
async function problems(text) {
  const found = await editor.problems(next(), text);
  return found.map(({ range, message }) => ({ line: range.start.line + 1, message }));
}

/** The address of a text that was not open before. */
function next() {
  texts += 1;
  return pathToFileURL(join(folder, 'scenarios', `text-${texts}.yaml`)).href;
}

function isScenario(name) {
  return name.endsWith('.yaml') && !name.endsWith('.test.yaml') && !['connections.yaml', 'secrets.yaml'].includes(name);
}

function has(offered, wanted) {
  for (const label of wanted) assert.ok(offered.includes(label), `${label} is not offered: ${offered.join(', ')}`);
}

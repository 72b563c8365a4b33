// Tests the page in a real browser against the real binary, and counts.
//   node e2e/run.js --binary target/debug/hookmill --browser chromium --report FILE --shots FOLDER --only WORDS --slow 6 --times 20
import { mkdirSync, writeFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { Server } from './server.js';
import { tests } from './tests.js';
import { Visitor } from './visitor.js';

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const { values: options } = parseArgs({
  options: {
    binary: { type: 'string', default: '../target/debug/hookmill' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
    only: { type: 'string' },
    report: { type: 'string' },
    shots: { type: 'string', default: '../target/shots' },
    // The page gets one part in so many of the processor: what is right on a fast machine only shows.
    slow: { type: 'string', default: '1' },
    times: { type: 'string', default: '1' },
  },
});
const slow = Number(options.slow);
const limit = 60_000 * slow; // milliseconds for one test

mkdirSync(options.shots, { recursive: true });
// `--only WORDS`: those alone whose name has these words.
const chosen = tests.filter(([name]) => !options.only || name.includes(options.only));
const count = { passed: 0, failed: 0, skipped: 0 };
const server = await Server.start(options.binary);
try {
  const browser = await chromium.launch({ executablePath: options.browser, args: flags });
  try {
    for (let time = 0; time < Number(options.times); time += 1) {
      for (const [name, test] of chosen) await perform(browser, name, test);
    }
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
}
if (options.report) writeFileSync(options.report, JSON.stringify(count));
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 ? 1 : 0;

async function perform(browser, name, test) {
  const start = performance.now();
  const visitor = await Visitor.arrive(browser, server, { shots: options.shots, slow });
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limit / 1000} s`)), limit);
  });
  try {
    await Promise.race([test(visitor), late]);
    visitor.assertQuiet();
    count.passed += 1;
    console.log(`ok    ${name} (${Math.round(performance.now() - start)} ms)`);
  } catch (error) {
    count.failed += 1;
    console.log(`FAILED ${name}\n${error.stack ?? error}\n--- the page complained\n${visitor.complaints.join('\n')}\n--- the server said\n${server.said()}`);
    await visitor.shot(`failed-${count.failed}`).catch(() => {});
  } finally {
    clearTimeout(timer);
    await visitor.leave();
  }
}

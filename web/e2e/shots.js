// Takes a picture of every page: light, dark, 繁體中文, 简体中文, and on a phone. Two of each matter most: whether it is
// beautiful, and whether anything is cut off.
//   node e2e/shots.js --binary ../target/debug/hookmill --browser chromium --folder ../target/shots --only WORDS
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { chromium } from 'playwright-core';

import { fill } from './shots/content.js';
import { Server } from './server.js';

const { values: options } = parseArgs({
  options: {
    binary: { type: 'string', default: '../target/debug/hookmill' },
    browser: { type: 'string', default: '/usr/bin/chromium' },
    folder: { type: 'string', default: '../target/shots' },
    only: { type: 'string', default: '' },
  },
});

const looks = [
  ['light', { locale: 'en-GB', colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['dark', { locale: 'en-GB', colorScheme: 'dark', viewport: { width: 1280, height: 800 } }],
  ['zh-TW', { locale: 'zh-TW', colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['zh-CN', { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 1280, height: 800 } }],
  ['phone', { locale: 'zh-TW', colorScheme: 'light', viewport: { width: 390, height: 800 }, hasTouch: true }],
];

mkdirSync(options.folder, { recursive: true });
const server = await Server.start(options.binary, '../../scenarios');
try {
  const pages = await fill(server);
  const browser = await chromium.launch({ executablePath: options.browser, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
  try {
    for (const [look, settings] of looks) await picture(browser, look, settings, pages);
  } finally {
    await browser.close();
  }
} finally {
  await server.stop();
}

async function picture(browser, look, settings, pages) {
  const context = await browser.newContext({ baseURL: server.url, deviceScaleFactor: 1, reducedMotion: 'reduce', ...settings });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  for (const { name, path, open } of pages) {
    if (!name.includes(options.only) && !look.includes(options.only)) continue;
    if (path !== '/' || name !== 'login') await context.request.post('/login', { form: { token: server.token } });
    await page.goto(path);
    await page.locator('main h1, main form').first().waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle').catch(() => {}); // a page with a live stream is never idle
    if (open) await open(page);
    await page.screenshot({ path: join(options.folder, `${name}-${look}.png`) });
    console.log(`${name}-${look}.png`);
  }
  await context.close();
}

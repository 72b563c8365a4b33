// A schedule says in words when it starts, and its next times, while somebody writes it.
import assert from 'node:assert/strict';

export const scheduleTests = [
  ['a schedule tells its next ten times, in words and by the clock of its zone', tellsTimes],
];

const text = (schedule) => `name: Reports\ntimezone: Asia/Taipei\ntrigger:\n  schedule: ${schedule}\nsteps:\n  - todo: { was: a, reason: b }\n`;

async function tellsTimes(visitor) {
  const { page, server } = visitor;
  const keep = (schedule, revision) => server.ask('PUT', '/scenarios/reports/draft', { text: text(schedule), basis: null, revision });
  const { revision } = await keep('every weekday at 09:00', 0);
  await visitor.enter();
  await page.goto('/scenarios/reports?step=trigger');
  const panel = page.getByRole('region', { name: 'When it starts' });
  // Another step is still to be done: that keeps nobody from seeing when the scenario would start.
  await panel.getByText(/every weekday at 0?9:00/i).waitFor();
  await panel.getByText('Asia/Taipei').waitFor();
  const times = panel.getByRole('list', { name: 'Its next times' }).getByRole('listitem');
  assert.equal(await times.count(), 10);
  for (const time of await times.allInnerTexts()) assert.match(time, /^(Mon|Tue|Wed|Thu|Fri), .*09:00\s+(in |tomorrow)/);
  await page.locator('.form').getByText('When it runs', { exact: false }).or(page.locator('.form [data-path]')).first().waitFor();
  await visitor.shot('schedule');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await keep('{ cron: "0 9 * * 1", timezone: Europe/Berlin }', revision);
  await page.getByText('Choose a module to see its settings').waitFor();
  await page.locator('.disc[data-step="trigger"]').click();
  await panel.getByText('Europe/Berlin').waitFor();
  for (const time of await times.allInnerTexts()) assert.match(time, /^Mon, .*09:00/);
  await page.evaluate(() => localStorage.setItem('language', 'zh-TW'));
  await page.reload();
  await page.getByRole('region', { name: '何時啟動' }).getByText('Europe/Berlin').waitFor();
  await visitor.shot('schedule-zh-TW');
  await server.ask('DELETE', '/scenarios/reports/draft');
}

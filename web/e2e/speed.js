// How fast the page is at the sizes that it promises: printed each time, and failed only where it is slower than three
// times what was promised. What the page computes is measured as the time that its thread had on a processor, since the
// machine that tests has other things to do.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';

export const speedTests = [
  ['m20 the first load is small', loadsLittle],
  ['m20 300 steps open, are dragged and typed at without a wait', edits300],
  ['m20 5,000 runs scroll smoothly', scrollsRuns],
  ['m20 10,000 requests scroll smoothly', scrollsRequests],
];

const slack = 3;

/** Says what was measured, and fails where it is far beyond what may be. */
function bound(what, measured, most, unit) {
  console.log(`      ${what}: ${measured.toFixed(unit === 'ms' ? 1 : 0)} ${unit}, promised ${most}`);
  assert.ok(measured <= most * slack, `${what} took ${measured} ${unit}; ${most} was promised`);
}

const quantile = (values, part) => values.toSorted((one, other) => one - other)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

async function loadsLittle(visitor) {
  const { page } = visitor;
  const loaded = new Map();
  page.on('response', (response) => {
    if (/\.js$/.test(new URL(response.url()).pathname)) loaded.set(response.url(), response);
  });
  await visitor.open('/');
  await page.waitForLoadState('networkidle');
  const sizes = await Promise.all([...loaded.values()].map(async (response) => gzipSync(await response.body()).length));
  const total = sizes.reduce((sum, size) => sum + size, 0) / 1024;
  console.log(`      first load: ${total.toFixed(1)} KB of JavaScript in ${sizes.length} files, promised 160`);
  assert.ok(sizes.length > 0 && total <= 160, `${total} KB`);
}

function large(count) {
  const step = (number) => `  # what ${number} is for
  - id: step_${number}
    name: Step ${number} 步驟
    when: trigger.body.total > ${number}
    http.request:
      method: POST
      url: "https://example.com/orders/{{ trigger.body.order }}/${number}"
      json: { total: "{{ trigger.body.total * ${number} }}" }
    retry: { attempts: 3, backoff: 2s }
`;
  return `name: Large\ntrigger:\n  webhook:\n    path: large\n    verify: none\n\nsteps:\n${Array.from({ length: count }, (_, number) => step(number)).join('\n')}`;
}

async function edits300(visitor) {
  const { page, server } = visitor;
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  const made = await fetch(`${server.url}/api/v1/scenarios`, { method: 'POST', headers, body: JSON.stringify({ id: 'large', text: large(300) }) });
  assert.ok(made.status === 201 || made.status === 409, `${made.status} ${await made.text()}`);
  await visitor.open('/');
  const clock = await Clock.of(page);
  bound('300 steps usable after', await clock.during(() => opened(page)), 1500, 'ms');
  await fetchedAhead(page);
  const moves = await dragged(page, clock, 60);
  bound('a move of a step that is dragged, at p95', quantile(moves, 0.95), 33, 'ms');
  await page.locator('[data-step="steps/1"]').click();
  const text = 'Newnames';
  await page.getByLabel('Name of the step').fill('Other');
  await page.locator('.module').filter({ hasText: 'Other' }).first().waitFor();
  const letters = await typed(page, clock, text);
  bound('a keystroke in the form, until the canvas shows it, in the middle', quantile(letters, 0.5), 50, 'ms');
}

/** Until the parts of the editor are there that it fetches while nobody does anything; the one named is the last. */
function fetchedAhead(page) {
  return page.waitForFunction(() => performance.getEntriesByType('resource').some(({ name }) => /Versions-.*\.js$/.test(name)));
}

/** How long the page's thread was on a processor. */
class Clock {
  static async of(page) {
    const clock = new Clock();
    clock.session = await page.context().newCDPSession(page);
    await clock.session.send('Performance.enable', { timeDomain: 'threadTicks' });
    return clock;
  }

  async #now() {
    const { metrics } = await this.session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  }

  /** The time that the thread had meanwhile. */
  async spent(act) {
    const start = await this.#now();
    await act();
    return (await this.#now()) - start;
  }

  async during(act) {
    const began = performance.now();
    const spent = await this.spent(act);
    console.log(`      (${Math.round(performance.now() - began)} ms by the clock on the wall)`);
    return spent;
  }
}

/** From the click on the list until every step is there and the page takes input. */
async function opened(page) {
  await page.getByRole('link', { name: 'Large', exact: true }).click();
  await page.waitForFunction(() => document.querySelectorAll('[data-step]').length > 300);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
}

/** Drags a step about; gives what each move took. */
async function dragged(page, clock, moves) {
  const disc = page.locator('[data-step="steps/1"]');
  const { x, y, width, height } = await disc.boundingBox();
  const [left, top] = [x + width / 2, y + height / 2];
  await page.mouse.move(left, top);
  await page.mouse.down();
  const taken = [];
  for (let move = 1; move <= moves; move += 1) {
    taken.push(await clock.spent(async () => {
      await page.mouse.move(left + move * 3, top + Math.sin(move / 5) * 60);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    }));
  }
  const moved = await disc.boundingBox();
  await page.keyboard.press('Escape');
  await page.mouse.up();
  assert.ok(Math.abs(moved.x - x) > 50, 'the step was not dragged');
  return taken;
}

/** Types a step's name, and waits after each letter until the canvas has it; gives what each took. */
async function typed(page, clock, text) {
  await page.getByLabel('Name of the step').selectText();
  const shows = (name) => page.waitForFunction((typed) => [...document.querySelectorAll('.module .name')].some((name) => name.textContent === typed), name);
  const taken = [];
  for (let end = 1; end <= text.length; end += 1) {
    taken.push(await clock.spent(async () => {
      await page.keyboard.press(text[end - 1]);
      await shows(text.slice(0, end));
    }));
  }
  return taken;
}

/** Calls a webhook until there are so many requests, some at a time. */
async function pour(address, count) {
  let left = count;
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      const answer = await fetch(address);
      await answer.arrayBuffer();
      assert.equal(answer.status, 200);
    }
  };
  await Promise.all(Array.from({ length: 50 }, caller));
}

async function scrollsRuns(visitor) {
  await pour(`${visitor.server.url}/hook/flood`, 5_000);
  await visitor.open('/runs?scenario=flood');
  bound('runs, frames at p95 while scrolling', await scrolled(visitor.page, 5_000), 33, 'ms');
}

async function scrollsRequests(visitor) {
  await pour(`${visitor.server.url}/hook/flood`, 5_000);
  await visitor.open('/hooks/flood');
  bound('requests, frames at p95 while scrolling', await scrolled(visitor.page, 10_000), 33, 'ms');
}

/** The times between frames while a list is scrolled to its end, which loads what is older as it goes. */
async function scrolled(page, rows) {
  await page.locator('[role=listitem], tbody tr').first().waitFor();
  const { frames, drawn } = await page.evaluate(async (rows) => {
    const row = document.querySelector('[role=listitem], tbody tr');
    let scroller = row;
    while (scroller.parentElement && !(scroller.scrollHeight > scroller.clientHeight + 4 && /auto|scroll/.test(getComputedStyle(scroller).overflowY))) scroller = scroller.parentElement;
    const frames = [];
    let last = performance.now();
    for (let frame = 0; frame < 150; frame += 1) {
      scroller.scrollBy(0, (row.clientHeight * rows) / 150 / 4);
      await new Promise((done) => requestAnimationFrame(done));
      const now = performance.now();
      frames.push(now - last);
      last = now;
    }
    return { frames, drawn: document.querySelectorAll('[role=listitem], tbody tr').length };
  }, rows);
  assert.ok(drawn < 300, `${drawn} rows are drawn at once`);
  return quantile(frames, 0.95);
}

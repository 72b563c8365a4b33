// Values where there were none: what is tried from the form and from the menu, and how soon it shows.
import assert from 'node:assert/strict';

export const tryingTests = [
  ['m04 a field without data offers to run up to here, and the value appears', runsUpTo],
  ['m12 from the menu of a step: up to it, it alone, and pinned', runsFromMenu],
];

const soon = 300; // milliseconds from a click to the first bubble, where the run is quick

const text = `name: Try
trigger:
  manual: {}
steps:
  - id: first
    set: { number: 7 }
  - id: second
    rhai: "first.number + 1"
  - id: third
    set: { told: "{{ first.number + second }}" }
  - fail: never reached
`;

async function edit(visitor, id) {
  visitor.expect(/status of 404/);
  await visitor.put(`/scenarios/${id}`, { text });
  await visitor.open(`/scenarios/${id}`);
  await visitor.page.locator('.disc[data-step="steps/2"]').click();
  await visitor.page.locator('.form[data-step="steps/2"]').waitFor();
}

/** Notes when the first bubble of a run appears, and when the page was last clicked. */
function watch(page) {
  return page.evaluate(() => {
    globalThis.clicked = undefined;
    globalThis.bubbled = undefined;
    addEventListener('click', () => (globalThis.clicked ??= performance.now()), { capture: true });
    new MutationObserver((_, observer) => {
      if (!document.querySelector('.module .bubble')) return;
      globalThis.bubbled = performance.now();
      observer.disconnect();
    }).observe(document.body, { childList: true, subtree: true });
  });
}

const bubble = (page, place) => page.locator('.module', { has: page.locator(`[data-step="${place}"]`) }).locator('.bubble');

async function runsUpTo(visitor) {
  const { page } = visitor;
  const took = [];
  // What else the machine does meanwhile counts once or twice, and not three times in a row.
  for (const id of ['try-here', 'try-here-again', 'try-here-at-last']) {
    took.push(await runUpTo(visitor, id));
    await page.locator('.form .preview output').filter({ hasText: '15' }).waitFor();
    assert.equal(await bubble(page, 'steps/3').count(), 0, 'what is behind does not run');
    if (took.at(-1) <= soon) return;
  }
  assert.fail(`the first bubble came ${took.map(Math.round).join(', ')} ms after the click`);
}

/** How long after the click the first bubble came, in milliseconds. */
async function runUpTo(visitor, id) {
  const { page } = visitor;
  await edit(visitor, id);
  const preview = page.locator('.form .preview').filter({ hasText: 'No data' });
  await preview.waitFor();
  await watch(page);
  await preview.getByRole('button', { name: 'Run up to here' }).click();
  await bubble(page, 'steps/2').getByText('1', { exact: true }).waitFor();
  return page.evaluate(() => globalThis.bubbled - globalThis.clicked);
}

async function runsFromMenu(visitor) {
  const { page } = visitor;
  await edit(visitor, 'try-menu');
  const choose = async (place, name) => {
    await page.locator(`.disc[data-step="${place}"]`).click({ button: 'right' });
    await page.getByRole('menuitem', { name }).click();
  };
  const steps = async (count) => {
    const end = Date.now() + 10_000;
    for (;;) {
      const { items } = await visitor.get('/runs?scenario=try-menu');
      if (items.length === count && items[0].status === 'succeeded') return (await visitor.get(`/runs/${items[0].id}`)).steps;
      assert.ok(Date.now() < end, `${items.length} runs, the last ${items[0]?.status}`);
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    }
  };
  await choose('steps/1', 'Run up to here');
  assert.deepEqual((await steps(1)).map(({ label }) => label), ['first', 'second']);
  await bubble(page, 'steps/1').waitFor();
  await choose('steps/1', 'Pin the output');
  await choose('steps/2', 'Run this step only');
  const alone = await steps(2);
  assert.deepEqual(alone.filter(({ copied, pinned }) => !copied && !pinned).map(({ label }) => label), ['third']);
  assert.deepEqual(alone.find(({ label }) => label === 'third').output, { told: 15 });
  await page.locator('.disc[data-step="steps/2"]').click();
  await choose('steps/2', 'Run up to here');
  assert.equal((await steps(3)).find(({ label }) => label === 'second').pinned, true);
}

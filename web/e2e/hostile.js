// Nothing that a stranger sends, or an author writes, runs in the page: it is shown as the text that it is, everywhere.
import assert from 'node:assert/strict';

export const hostileTests = [
  ['hostile names and notes in a scenario are shown as text', showsScenario],
  ['hostile payloads, outputs and file names are shown as text in runs and in the inspector', showsRuns],
  ['hostile keys, values and settings are shown as text on every other page', showsRooms],
  ['a hostile draft and a hostile address are shown as text', showsDraft],
];

const mark = "globalThis.canary='ran'";

/** What would run where text is taken for markup, for a script, or for an address. */
export const corpus = [
  `<img src=x onerror="${mark}">`,
  `"><svg onload="${mark}"></svg>`,
  `</script><script>${mark}</script>`,
  `'><iframe srcdoc="<script>parent.${mark}</script>"></iframe>`,
  `javascript:${mark}`,
  `<a href="javascript:${mark}">open me</a>`,
  `<math><mtext><table><mglyph><style><img src onerror=${mark}>`,
  `{@html '<img src=x onerror=${mark}>'}`,
  `\${${mark}} {{constructor.constructor("${mark}")()}}`,
  `data:text/html,<script>${mark}</script>`,
];
const first = corpus[0];

const yaml = (text) => JSON.stringify(text);
/** As a text without expressions. */
const literal = (text) => text.replaceAll('{{', '\\{{');

/** A scenario of nothing but hostile texts. It keeps, answers and fails with what it is sent. */
const scenario = `name: ${yaml(corpus.join(' '))}
description: ${yaml(first)}
trigger:
  webhook:
    path: hostile
    verify: none
steps:
${corpus.map((text) => `  - name: ${yaml(text)}\n    note: ${yaml(text)}\n    set: { ${yaml(literal(text))}: ${yaml(literal(text))} }`).join('\n')}
  - route:
      - name: ${yaml(corpus[1])}
        when: trigger.body.text == ${yaml(`'${corpus[1].replaceAll("'", "\\'")}'`)}
        steps: []
      - name: ${yaml(corpus[2])}
        when: "true"
        steps:
          - store.put: { table: hostile, key: "{{ trigger.body.text }}", value: { "{{ trigger.body.text }}": "{{ trigger.body }}" } }
  - id: echo
    set: "{{ trigger }}"
  - fail: "{{ trigger.body.text }}"
`;

/** Watches for whatever ran, and for whatever only the policy kept from running. */
export async function watch(visitor) {
  const { page } = visitor;
  page.on('dialog', (dialog) => {
    visitor.complaints.push(`a dialog opened: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await visitor.context.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
      globalThis.violations.push(`${violatedDirective} ${blockedURI} ${sample}`);
    });
  });
}

/** The page has shown something hostile, and has made nothing of it. */
export async function assertHarmless(visitor, where, shown = corpus) {
  const { page } = visitor;
  const found = await page.evaluate(() => {
    const all = [...document.querySelectorAll('*')];
    return {
      canary: globalThis.canary,
      violations: globalThis.violations,
      handlers: all.filter((element) => [...element.attributes].some(({ name }) => /^on/i.test(name))).map(({ outerHTML }) => outerHTML.slice(0, 200)),
      strange: all.filter((element) => element.matches('iframe:not([sandbox]), object, embed, math, base, script:not([src])')).length,
      links: all.filter((element) => /^\s*(javascript|data|vbscript):/i.test(element.getAttribute('href') ?? element.getAttribute('action') ?? '')).length,
      text: [document.body.innerText, ...[...document.querySelectorAll('input, textarea')].map((field) => field.value)].join('\n'),
      titles: all.map((element) => element.getAttribute('title') ?? element.getAttribute('aria-label') ?? '').join('\n'),
    };
  });
  assert.equal(found.canary, undefined, `${where}: something ran`);
  assert.deepEqual(found.violations, [], `${where}: only the policy stood in its way`);
  assert.deepEqual([found.handlers, found.strange, found.links], [[], 0, 0], `${where}: text became markup`);
  const seen = `${found.text}\n${found.titles}`;
  assert.ok(shown.length === 0 || shown.some((text) => seen.includes(text) || seen.includes(text.slice(0, 24))), `${where}: nothing hostile is on the page, so nothing was tried`);
}

async function api(visitor, method, path, data) {
  const headers = { authorization: `Bearer ${visitor.server.token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${visitor.server.url}/api/v1${path}`, { method, headers, body: data && JSON.stringify(data) });
  return { status: answer.status, json: await answer.json().catch(() => null) };
}

/** Makes the scenario and sends it everything, once for all of these tests. */
async function prepare(visitor) {
  await watch(visitor);
  const known = await api(visitor, 'GET', '/scenarios/hostile');
  if (known.status === 200) return;
  const made = await api(visitor, 'POST', '/scenarios', { id: 'hostile', text: scenario });
  const faults = made.json?.diagnostics?.filter(({ severity }) => severity === 'error');
  assert.equal(made.status, 201, JSON.stringify(faults ?? made.json));
  for (const text of corpus) {
    const form = new FormData();
    form.append('text', text);
    form.append('file', new Blob([text], { type: 'text/html' }), `${text}.html`);
    const query = `${encodeURIComponent(text)}=${encodeURIComponent(text)}`;
    await fetch(`${visitor.server.url}/hook/hostile?${query}`, { method: 'POST', body: form });
    await visitor.server.call('hostile', { text, [text]: [text] });
  }
}

async function showsScenario(visitor) {
  const { page } = visitor;
  await prepare(visitor);
  await visitor.open('/');
  await page.getByText(first, { exact: false }).first().waitFor();
  await assertHarmless(visitor, 'the list of scenarios');
  await page.goto('/scenarios/hostile');
  await page.locator('[data-step]').nth(corpus.length).waitFor();
  await assertHarmless(visitor, 'the canvas');
  for (const key of ['steps/0', 'steps/5', `steps/${corpus.length}`, 'trigger']) {
    await page.locator(`[data-step="${key}"]`).dispatchEvent('click');
    if (key !== 'trigger') await page.getByLabel('Name of the step').waitFor();
    await assertHarmless(visitor, `the form of ${key}`);
  }
}

async function showsRuns(visitor) {
  const { page } = visitor;
  await prepare(visitor);
  await visitor.open('/runs?scenario=hostile');
  const rows = page.getByRole('row').filter({ has: page.getByRole('link') });
  await rows.first().waitFor();
  await assertHarmless(visitor, 'the list of runs', []);
  const runs = (await api(visitor, 'GET', '/runs?scenario=hostile&limit=4')).json.items;
  assert.equal(runs.length, 4);
  for (const { id } of runs) {
    await visitor.open(`/runs/${id}`);
    await page.evaluate(() => document.querySelectorAll('main details').forEach((details) => (details.open = true)));
    await assertHarmless(visitor, `run ${id}`);
  }
  await visitor.open('/hooks/hostile');
  const requests = page.getByRole('listitem').getByRole('link');
  await requests.nth(3).waitFor();
  for (let index = 0; index < 4; index += 1) {
    await requests.nth(index).click();
    await page.getByRole('heading', { name: /^Body/ }).waitFor();
    await assertHarmless(visitor, `request ${index}`);
  }
}

async function showsRooms(visitor) {
  const { page } = visitor;
  await prepare(visitor);
  for (const text of corpus) {
    // A name that is not one is refused; what is taken is shown below.
    await api(visitor, 'PUT', `/connections/${encodeURIComponent(text)}`, { type: 'http', fields: { url: text } });
    await api(visitor, 'POST', '/tokens', { name: text });
  }
  await api(visitor, 'PUT', '/connections/hostile', { type: 'http', fields: { url: 'https://example.com/', header: first } });
  for (const [path, shown] of [
    ['/connections', []],
    ['/stores', []],
    ['/stores/hostile', corpus],
    ['/alarms', []],
    ['/queues', []],
    ['/settings', corpus],
    ['/templates', []],
    ['/hooks', []],
  ]) {
    await visitor.open(path);
    for (const text of shown.slice(0, 1)) await page.getByText(text, { exact: false }).filter({ visible: true }).first().waitFor();
    await assertHarmless(visitor, path, shown);
  }
}

async function showsDraft(visitor) {
  const { page } = visitor;
  await prepare(visitor);
  const text = `name: ${yaml(first)}\n${first}: [\nsteps: ${corpus.join(' ')}\n`;
  const saved = await api(visitor, 'PUT', '/scenarios/hostile/draft', { text, basis: null, revision: 0 });
  assert.ok(saved.status === 200 || saved.status === 201, JSON.stringify(saved));
  const layout = { positions: {}, notes: corpus.map((note, index) => ({ x: index * 200, y: 300, text: note })) };
  assert.ok((await api(visitor, 'PUT', '/scenarios/hostile/layout', layout)).status < 300);
  await visitor.open('/');
  await page.goto('/scenarios/hostile');
  await page.locator('main, .bench, [data-step]').first().waitFor();
  await page.waitForLoadState('networkidle').catch(() => {});
  await assertHarmless(visitor, 'a draft that does not parse', []);
  await api(visitor, 'DELETE', '/scenarios/hostile/draft');
  await page.goto('/scenarios/hostile');
  await page.locator('[data-step]').first().waitFor();
  await assertHarmless(visitor, 'notes on the canvas');
  for (const text of corpus) {
    await visitor.open(`/${encodeURIComponent(text)}?q=${encodeURIComponent(text)}#${encodeURIComponent(text)}`);
    await assertHarmless(visitor, 'an address', []);
  }
  // A name that no scenario can have is refused.
  visitor.expect(/status of 400/);
  await visitor.open(`/runs?q=${encodeURIComponent(first)}&scenario=${encodeURIComponent(first)}`);
  await assertHarmless(visitor, 'a filter');
}

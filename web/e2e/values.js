// Values that steps gave, where they are looked for.
import assert from 'node:assert/strict';

export const valueTests = [
  ['m12 what a step without an id gave is in the drawer without a run being open', unnamed],
  ['m10 the step that answers shows what was answered', answered],
  ['the plain page of login looks like the rest, and every browser finds an icon', door],
];

const text = `name: Unnamed
trigger: { webhook: { path: unnamed, verify: none } }
steps:
  - name: Count them
    set: { number: 4711 }
  - id: shown
    set: { text: "" }
  - respond: { json: { seen: true } }
`;

async function called(visitor) {
  visitor.expect(/status of 404/);
  await visitor.put('/scenarios/unnamed', { text });
  const answer = await visitor.server.call('unnamed', {});
  assert.deepEqual(await answer.json(), { seen: true });
  await visitor.open('/scenarios/unnamed');
}

async function unnamed(visitor) {
  const { page } = visitor;
  await called(visitor);
  assert.equal(await page.locator('.bubble').count(), 0, 'no run is open');
  await page.locator('.disc[data-step="steps/1"]').click();
  await page.locator('.form .cm-content').first().click();
  const value = page.getByRole('complementary', { name: 'Data' }).getByRole('treeitem').filter({ hasText: '4711' });
  await value.click();
  await page.locator('.form .cm-pill').filter({ hasText: 'Count them' }).waitFor();
}

async function answered(visitor) {
  const { page } = visitor;
  await called(visitor);
  await page.locator('#tab-history').click();
  await page.locator('.history .list button').first().click();
  await page.locator('.log li button').filter({ hasText: 'respond' }).click();
  const detail = page.getByRole('group', { name: 'Part of the step' }).first();
  await detail.getByText('Answer sent').waitFor();
  await detail.getByText('200').first().waitFor();
  await detail.getByText('seen').first().waitFor();
  assert.equal(await detail.getByText('It gave nothing').count(), 0);
}

async function door(visitor) {
  const { page, server } = visitor;
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.goto('/login');
    await visitor.shot(`door-${colorScheme}`);
    const radius = await page.locator('form').evaluate((form) => getComputedStyle(form).borderRadius);
    assert.equal(radius, '12px', 'the policy lets the style through');
    assert.deepEqual(await visitor.accessibilityFaults(), [], `in ${colorScheme} colours`);
  }
  await page.getByLabel('Or a token').fill(server.token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Scenarios', exact: true }).waitFor();
  const icon = await page.request.get('/favicon.ico');
  assert.equal(icon.status(), 200);
  assert.match(icon.headers()['content-type'], /^image\//);
}

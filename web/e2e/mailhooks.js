// A mailhook shows its address, and says so where the server takes no mails in.
import assert from 'node:assert/strict';

export const mailhookTests = [
  ['a mailhook shows its address, and that the server takes no mails in', showsAddress],
];

const text = 'name: Bank\ntrigger:\n  mailhook: { address: bank, where: { subject: statement } }\nsteps:\n  - stop: enough\n';

async function showsAddress(visitor) {
  const { page, server } = visitor;
  await server.ask('PUT', '/scenarios/bank', { text });
  await visitor.enter();
  await page.goto('/scenarios/bank?step=trigger');
  const panel = page.getByRole('region', { name: 'Address', exact: true });
  await panel.getByText('bank@localhost', { exact: true }).waitFor();
  await panel.getByText('The server takes no mails in: start it with --smtp.').waitFor();
  await panel.getByRole('button', { name: 'Copy the address' }).waitFor();
  await page.locator('.form [data-path]').first().waitFor();
  await visitor.shot('mailhook');
  assert.deepEqual(await visitor.accessibilityFaults(), []);
  await page.goto('/scenarios/bank');
  await page.getByText('bank@localhost', { exact: true }).first().waitFor();
  await page.evaluate(() => localStorage.setItem('language', 'zh-TW'));
  await page.goto('/scenarios/bank?step=trigger');
  await page.getByRole('region', { name: '地址', exact: true }).getByText('伺服器沒有收信：請以 --smtp 啟動。').waitFor();
  await visitor.shot('mailhook-zh-TW');
  await server.ask('DELETE', '/scenarios/bank');
}

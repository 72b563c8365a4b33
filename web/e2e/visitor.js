// Someone with a browser: signs in, looks, and notices when the page complains.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class Visitor {
  /** What the browser's console complained about. */
  complaints = [];
  /** Complaints that are no fault: a visitor without a session is refused; a scenario may have no draft, and no layout. */
  #expected = [/status of 401/, /status of 404/];

  static async arrive(browser, server, { shots, slow }) {
    const visitor = new Visitor();
    visitor.server = server;
    visitor.shots = shots;
    visitor.context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', viewport: { width: 1280, height: 800 } });
    visitor.context.setDefaultTimeout(10_000 * slow);
    visitor.page = await visitor.context.newPage();
    if (slow > 1) await visitor.#slowDown(slow);
    visitor.page.on('console', (message) => {
      if (message.type() === 'error') visitor.complaints.push(message.text());
    });
    visitor.page.on('pageerror', (error) => visitor.complaints.push(String(error)));
    visitor.page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) visitor.complaints.push(`asked elsewhere: ${request.url()}`);
    });
    return visitor;
  }

  async #slowDown(rate) {
    const devtools = await this.context.newCDPSession(this.page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate });
  }

  leave() {
    return this.context.close();
  }

  /** Opens an address with a session. */
  async open(path) {
    if ((await this.context.cookies()).length === 0) await this.enter();
    await this.page.goto(path);
    const signedIn = this.page.getByRole('navigation', { name: 'Main' }).and(this.page.locator(':visible'));
    await this.page.locator('main h1').waitFor();
    await signedIn.waitFor();
    await this.#settled();
  }

  /** Takes a session without the page. */
  async enter() {
    const answer = await this.context.request.post('/login', { form: { token: this.server.token } });
    assert.ok(answer.ok(), `no session: ${answer.status()}`);
  }

  async signIn(token) {
    const byToken = this.page.getByRole('button', { name: 'Sign in with a token' });
    await this.page.getByRole('button', { name: /^Sign in with/ }).waitFor();
    if (await byToken.isVisible()) await byToken.click();
    await this.page.getByLabel('Token').fill(token);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  /** Lets the console complain of this. */
  expect(complaint) {
    this.#expected.push(complaint);
  }

  /** Fails when the console complained of what nobody expected. */
  assertQuiet() {
    const faults = this.complaints.filter((text) => !this.#expected.some((expected) => expected.test(text)));
    assert.deepEqual(faults, [], 'the browser complained');
  }

  /** Asks the API. */
  async get(path) {
    return this.#api('GET', path);
  }

  /** Has the API keep something. */
  async put(path, body) {
    return this.#api('PUT', path, body);
  }

  async #api(method, path, body) {
    const headers = { authorization: `Bearer ${this.server.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${this.server.url}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async shot(name) {
    await this.page.screenshot({ path: join(this.shots, `${name}.png`), fullPage: true });
  }

  /** What axe finds wrong with the page as it is. */
  async accessibilityFaults() {
    await this.page.evaluate(axe);
    const results = await this.page.evaluate(() => globalThis.axe.run());
    return results.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(' ')}`);
  }

  /** Waits until what is asked of the server at first has been answered. */
  async #settled() {
    await this.page.getByText('Loading…').waitFor({ state: 'detached' });
  }
}

// The binary under test, serving a folder of its own.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const patience = 30_000; // milliseconds until it must be ready

export class Server {
  token = 'a token for these tests alone';
  #process;
  #folder;
  #binary;
  #address;
  #output = [];

  /** Serves a copy of a folder of scenarios. */
  static async start(binary, folder = 'scenarios') {
    const server = new Server();
    server.#folder = mkdtempSync(join(tmpdir(), 'hookmill-page-'));
    const scenarios = join(server.#folder, 'scenarios');
    cpSync(fileURLToPath(new URL(folder, import.meta.url)), scenarios, { recursive: true });
    server.#binary = resolve(binary);
    server.#address = `127.0.0.1:${await freePort()}`;
    server.url = `http://${server.#address}`;
    await server.#begin();
    return server;
  }

  async #begin() {
    const folders = [join(this.#folder, 'scenarios'), '--listen', this.#address, '--data', join(this.#folder, 'data')];
    this.#process = spawn(this.#binary, ['serve', ...folders], {
      env: { ...process.env, HOOKMILL_TOKEN: this.token, HOOKMILL_PAGE_SECRET: 'a secret for these tests alone' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('data', (bytes) => this.#output.push(String(bytes)));
    }
    this.#process.on('error', (error) => this.#output.push(String(error)));
    await this.#ready();
  }

  /** Ends it at once, as a failure of power does. */
  async kill() {
    const gone = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGKILL');
    await gone;
  }

  /** Starts it again, with what it kept. */
  again() {
    return this.#begin();
  }

  /** Writes a scenario's file, as an editor of text does. */
  write(name, text) {
    const file = join(this.#folder, 'scenarios', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Calls a webhook. */
  call(path, body) {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${this.url}/hook/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  /** Asks the API, as a program would. */
  async ask(method, path, body) {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  /** Everything it printed so far. */
  said() {
    return this.#output.join('').slice(-4000);
  }

  async stop() {
    if (this.#process.exitCode === null && this.#process.signalCode === null && this.#process.pid) {
      const gone = new Promise((done) => this.#process.once('exit', done));
      this.#process.kill('SIGTERM');
      const late = new AbortController();
      const kill = pause(10_000, null, { signal: late.signal }).then(
        () => this.#process.kill('SIGKILL'),
        () => {},
      );
      await gone;
      late.abort();
      await kill;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #ready() {
    const end = Date.now() + patience;
    while (Date.now() < end) {
      const over = this.#process.exitCode !== null || this.#process.pid === undefined;
      if (over) break;
      const answer = await fetch(`${this.url}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await pause(50);
    }
    await this.stop();
    throw new Error(`the server did not become ready; it said:\n${this.said()}`);
  }
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer();
    probe.on('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}

// A YAML language server as a text editor talks to it: JSON-RPC messages over pipes (Language Server Protocol 3.17).
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url));
const patience = 20_000; // milliseconds for one answer

export class LanguageClient {
  #process;
  #received = Buffer.alloc(0);
  #waiting = new Map(); // answers by the id of their request
  #listening = new Map(); // diagnostics by the address of their text
  #last = 0;

  /** A server with these settings, as an editor has them under `yaml`. */
  static async start(settings) {
    const client = new LanguageClient();
    client.#process = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    client.#process.stdout.on('data', (bytes) => client.#receive(bytes));
    client.settings = { yaml: { schemaStore: { enable: false }, ...settings } };
    await client.#ask('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
    client.#tell('initialized', {});
    client.#tell('workspace/didChangeConfiguration', { settings: client.settings });
    return client;
  }

  /** What the server finds wrong with a text. */
  problems(uri, text) {
    const found = this.#soon(`diagnostics of ${uri}`, (done) => this.#listening.set(uri, done));
    this.#tell('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
    return found;
  }

  /** What it offers where the text has `|`. */
  async offers(uri, marked) {
    const before = marked.slice(0, marked.indexOf('|'));
    await this.problems(uri, marked.replace('|', ''));
    const line = before.split('\n').length - 1;
    const position = { line, character: before.length - before.lastIndexOf('\n') - 1 };
    const offered = await this.#ask('textDocument/completion', { textDocument: { uri }, position });
    return (offered?.items ?? offered ?? []).map((item) => item.label);
  }

  /** What it tells about the place where the text has `|`. */
  async tells(uri, marked) {
    const before = marked.slice(0, marked.indexOf('|'));
    await this.problems(uri, marked.replace('|', ''));
    const line = before.split('\n').length - 1;
    const position = { line, character: before.length - before.lastIndexOf('\n') - 1 };
    const told = await this.#ask('textDocument/hover', { textDocument: { uri }, position });
    return told?.contents?.value ?? '';
  }

  async stop() {
    const gone = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill();
    await gone;
  }

  #ask(method, params) {
    const id = (this.#last += 1);
    const answer = this.#soon(method, (done) => this.#waiting.set(id, done));
    this.#send({ id, method, params });
    return answer;
  }

  #tell(method, params) {
    this.#send({ method, params });
  }

  #send(message) {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  #soon(what, wait) {
    return new Promise((done, failed) => {
      const timer = setTimeout(() => failed(new Error(`no answer within ${patience / 1000} s: ${what}`)), patience);
      wait((value) => {
        clearTimeout(timer);
        done(value);
      });
    });
  }

  #receive(bytes) {
    this.#received = Buffer.concat([this.#received, bytes]);
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(this.#received.subarray(0, end).toString())[1]);
      if (this.#received.length < end + 4 + length) return;
      const message = JSON.parse(this.#received.subarray(end + 4, end + 4 + length).toString());
      this.#received = this.#received.subarray(end + 4 + length);
      this.#take(message);
    }
  }

  #take({ id, method, params, result }) {
    if (method === 'textDocument/publishDiagnostics') {
      this.#listening.get(params.uri)?.(params.diagnostics);
      this.#listening.delete(params.uri);
    } else if (method === 'workspace/configuration') {
      const of = ({ section }) => section.split('.').reduce((at, key) => at?.[key], this.settings) ?? null;
      this.#send({ id, result: params.items.map(of) });
    } else if (method !== undefined && id !== undefined) {
      this.#send({ id, result: null });
    } else if (id !== undefined) {
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
    }
  }
}

// What every form can choose from: functions, connections, names of secrets. Asked for once, and again when one was made.
import { connections, secrets, type Connections } from '../api/connections';
import { functions, type LibraryFunction } from '../api/library';
import { explained } from '../i18n/functions.svelte';

const patience = 20_000; // milliseconds

class Library {
  #functions = $state.raw<readonly LibraryFunction[]>([]);
  readonly functions = $derived(explained(this.#functions));
  connections = $state.raw<Connections>({ items: [], types: [] });
  secrets = $state.raw<readonly string[]>([]);
  #begun = false;

  /** Asks for what is not there yet. */
  load(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.#take(functions(AbortSignal.timeout(patience)), (items) => (this.#functions = items));
    void this.reload();
  }

  /** Asks again for what people make. */
  async reload(): Promise<void> {
    await Promise.all([
      this.#take(connections(AbortSignal.timeout(patience)), (all) => (this.connections = all)),
      this.#take(secrets(AbortSignal.timeout(patience)), (items) => (this.secrets = items.map(({ name }) => name))),
    ]);
  }

  /** What cannot be had now is asked for again with the next form; the form works without it. */
  async #take<T>(answer: Promise<T>, keep: (value: T) => void): Promise<void> {
    try {
      keep(await answer);
    } catch {
      this.#begun = false;
    }
  }
}

export const library = new Library();

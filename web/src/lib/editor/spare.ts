// What was typed and not saved yet, kept in the browser in case it or the machine goes down.

export interface Kept {
  text: string;
  /** The revision of the draft that it was typed upon. */
  revision: number;
}

export class Spare {
  readonly #name: string;

  constructor(scenario: string) {
    this.#name = `draft ${scenario}`;
  }

  /** What was typed and not saved. */
  read(): Kept | undefined {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.#name) ?? 'null');
      return isKept(kept) ? kept : undefined;
    } catch {
      return undefined;
    }
  }

  write(text: string, revision: number): void {
    try {
      localStorage.setItem(this.#name, JSON.stringify({ text, revision } satisfies Kept));
    } catch {
      // Full or forbidden: the server has it half a second later.
    }
  }

  drop(): void {
    try {
      localStorage.removeItem(this.#name);
    } catch {
      // Forbidden: then there is nothing to remove either.
    }
  }
}

function isKept(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && 'text' in value && typeof value.text === 'string' && 'revision' in value;
}

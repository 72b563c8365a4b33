// Whether the text on the screen answers at test URLs, and which text that is.
import { listen, type Listening as Answer } from '../api/editing';
import type { Editor } from '../editor/editor.svelte';

export class Listening {
  #answer = $state.raw<Answer | undefined>();
  /** The text that answers there. */
  text = $state.raw<string | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly editor: Editor) {}

  /** Until when, in milliseconds since 1970; none where nothing listens. */
  get until(): number | undefined {
    return this.#answer?.until;
  }

  /** Whether the text has changed since. */
  get stale(): boolean {
    return this.text !== undefined && this.text !== this.editor.text;
  }

  /** Where a trigger, counted from 0, is tested, and the path that its requests are kept under. */
  at(trigger: number): Answer['urls'][number] | undefined {
    return this.#answer?.urls.find((url) => url.trigger === trigger);
  }

  /** Has the text that is on the screen now answer, in place of the one before. */
  async begin(): Promise<void> {
    const { id, text } = this.editor;
    const answer = await listen(id, text);
    this.#answer = answer;
    this.text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), Math.max(0, answer.until - Date.now()));
  }

  /** Forgets it; the server does so by itself. */
  end(): void {
    clearTimeout(this.#timer);
    this.#answer = undefined;
    this.text = undefined;
  }
}

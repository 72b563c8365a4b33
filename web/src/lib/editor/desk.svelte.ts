// One scenario on the desk: loads it and its draft, keeps the draft on the server as it changes, notices what others
// change, publishes. Nothing that was typed is lost: what the server does not have yet is kept in the browser.
import * as api from '../api/editing';
import { scenario, scenarios } from '../api/client';
import { Refused, SignedOut } from '../api/http';
import { session } from '../api/session.svelte';
import { drafts } from '../api/templates';
import type { Diagnostic, ScenarioText } from '../api/types';
import { Editor } from './editor.svelte';
import { Spare } from './spare';

/** How long nothing more must be typed until the draft is sent, in milliseconds. */
const hesitation = 500;

/** How long until a server that does not answer is asked again, in milliseconds. */
const pause = 2000;

/** What somebody else made of the scenario meanwhile. */
export type Theirs = { kind: 'draft'; text: string; revision: number } | { kind: 'live'; text: string; version: string };

export class Desk {
  /** The live scenario; none before it is published. */
  live = $state.raw<ScenarioText | undefined>();
  /** What others changed, to be decided upon. */
  theirs = $state.raw<Theirs | undefined>();
  /** Why publishing was refused. */
  refusal = $state('');
  publishing = $state(false);
  #basis = $state<string | null>(null);
  /** The text that the server has: as a draft or, without one, live. */
  #kept = $state.raw('');
  #revision: number;
  /** The text that was sent last, whether or not the server said that it has it. */
  #sent: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending: Promise<void> | undefined;
  #spare: Spare;

  private constructor(
    readonly editor: Editor,
    live: ScenarioText | undefined,
    draft: api.Draft | undefined,
  ) {
    this.live = live;
    this.#basis = draft ? draft.basis : (live?.version ?? null);
    this.#revision = draft?.revision ?? 0;
    this.#kept = draft?.text ?? live?.text ?? '';
    this.#spare = new Spare(editor.id);
  }

  /** None where there is neither a scenario nor a draft of it. */
  static async open(id: string, signal: AbortSignal): Promise<Desk | undefined> {
    const { live, draft } = await found(id, signal);
    const spare = new Spare(id).read();
    const text = spare?.text ?? draft?.text ?? live?.text;
    if (text === undefined) return undefined;
    const desk = new Desk(new Editor(id, text), live, draft);
    if (text === desk.#kept) return desk;
    // What was typed here was typed upon an older draft: another window went on meanwhile.
    if (spare && draft && spare.revision < draft.revision) desk.theirs = { kind: 'draft', text: draft.text, revision: draft.revision };
    desk.changed();
    return desk;
  }

  /** Whether what is seen is what is live. */
  get isLive(): boolean {
    return this.live?.text === this.editor.text;
  }

  /** To be called after every change of the text. */
  changed(): void {
    const { editor } = this;
    this.refusal = '';
    if (editor.text === this.#kept) {
      this.#spare.drop();
      return;
    }
    this.#spare.write(editor.text, this.#revision);
    if (this.theirs) return;
    editor.saving = 'saving';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), hesitation);
  }

  /** Sends the draft now, if there is something to send. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#sending;
    if (this.editor.text === this.#kept || this.theirs) return;
    this.#sending = this.#send().finally(() => (this.#sending = undefined));
    await this.#sending;
  }

  async #send(): Promise<void> {
    const { editor } = this;
    const text = editor.text;
    const before = this.#sent;
    this.#sent = text;
    try {
      const draft = await api.saveDraft(editor.id, { text, basis: this.#basis, revision: this.#revision });
      this.#revision = draft.revision;
      this.#kept = text;
      editor.saving = 'saved';
      if (editor.text === text) this.#spare.drop();
      else this.changed();
    } catch (error) {
      this.#failed(error, before);
    }
  }

  #failed(error: unknown, before: string | undefined): void {
    const { editor } = this;
    if (error instanceof SignedOut) session.signedOut = true;
    const theirs = error instanceof Refused && error.status === 409 ? (error.problem.draft as api.Draft | undefined) : undefined;
    if (theirs && theirs.text === before) {
      // It had been saved, and the answer never came.
      this.#revision = theirs.revision;
      this.#kept = theirs.text;
      this.changed();
      return;
    }
    if (theirs) {
      this.theirs = { kind: 'draft', text: theirs.text, revision: theirs.revision };
      editor.saving = 'conflict';
      return;
    }
    editor.saving = 'offline';
    this.#timer = setTimeout(() => void this.save(), pause);
  }

  /** Somebody saved a draft. */
  async draftChanged(revision: number): Promise<void> {
    await this.#sending;
    if (revision <= this.#revision || this.theirs) return;
    const draft = await api.draft(this.editor.id, AbortSignal.timeout(10_000));
    if (!draft || draft.revision <= this.#revision) return;
    if (this.editor.text === this.#kept) this.#adopt(draft.text, draft.revision);
    else this.theirs = { kind: 'draft', text: draft.text, revision: draft.revision };
  }

  /** The live text changed: published in another window, or its file was written. */
  async liveChanged(version: string | null): Promise<void> {
    if (version === null || version === this.live?.version || this.publishing) return;
    const before = this.live;
    const live = await present(scenario(this.editor.id, AbortSignal.timeout(10_000)));
    if (!live || live.version === before?.version || this.publishing) return;
    const untouched = this.editor.text === before?.text || this.editor.text === live.text;
    this.live = live;
    if (untouched) {
      this.#basis = live.version;
      this.#adopt(live.text, 0);
    } else {
      this.theirs = { kind: 'live', text: live.text, version: live.version };
    }
  }

  #adopt(text: string, revision: number): void {
    this.#kept = text;
    this.#revision = revision;
    if (this.editor.text !== text) this.editor.replace('', text);
    this.editor.saving = 'saved';
  }

  /** Goes on with what is on the screen; theirs stays where it is until this is saved or published. */
  keepMine(): void {
    const { theirs } = this;
    if (!theirs) return;
    this.theirs = undefined;
    if (theirs.kind === 'draft') this.#revision = theirs.revision;
    else this.#basis = theirs.version;
    this.#kept = theirs.kind === 'draft' ? theirs.text : this.#kept;
    this.changed();
  }

  /** Goes on with theirs; undo brings mine back. */
  takeTheirs(label: string): void {
    const { theirs } = this;
    if (!theirs) return;
    this.theirs = undefined;
    if (theirs.kind === 'draft') {
      this.#revision = theirs.revision;
      this.#kept = theirs.text;
    } else {
      this.#basis = theirs.version;
    }
    this.editor.replace(label, theirs.text);
    this.editor.saving = 'saved';
  }

  /** Makes the text live. Tells whether it is. */
  async publish(): Promise<boolean> {
    await this.save();
    if (this.theirs) return false;
    this.publishing = true;
    this.refusal = '';
    const text = this.editor.text;
    try {
      const live = await api.publish(this.editor.id, text, this.#basis, this.#revision);
      this.live = { ...live, text };
      this.#basis = live.version;
      this.#kept = text;
      this.#revision = 0;
      this.#spare.drop();
      if (this.editor.text !== text) this.changed();
      return true;
    } catch (error) {
      await this.#notPublished(error);
      return false;
    } finally {
      this.publishing = false;
    }
  }

  async #notPublished(error: unknown): Promise<void> {
    if (error instanceof SignedOut) session.signedOut = true;
    const changed = error instanceof Refused && (error.status === 409 || error.status === 412);
    if (changed) {
      this.publishing = false;
      const live = await present(scenario(this.editor.id, AbortSignal.timeout(10_000)));
      if (live) {
        this.live = live;
        this.theirs = { kind: 'live', text: live.text, version: live.version };
        return;
      }
    }
    const found = error instanceof Refused ? (error.problem.diagnostics as Diagnostic[] | undefined) : undefined;
    if (found) {
      this.editor.diagnostics = found;
      this.editor.turnToFault();
    }
    this.refusal = error instanceof Error ? error.message : String(error);
  }

  /** Goes back to the live text. */
  async discard(label: string): Promise<void> {
    if (!this.live) return;
    clearTimeout(this.#timer);
    await this.#sending;
    this.#kept = this.live.text;
    this.#basis = this.live.version;
    this.#revision = 0;
    this.editor.replace(label, this.live.text);
    this.#spare.drop();
    await api.dropDraft(this.editor.id);
    this.editor.saving = 'saved';
  }

  /** Switches the live scenario on or off. */
  async turn(): Promise<void> {
    const { live } = this;
    if (!live) return;
    await (live.enabled ? api.switchOff : api.switchOn)(live.id);
    this.live = (await present(scenario(live.id, AbortSignal.timeout(10_000)))) ?? live;
    this.#basis = this.isLive ? this.live.version : this.#basis;
  }

  close(): void {
    clearTimeout(this.#timer);
    void this.save();
  }
}

/** What there is of a scenario. What is not there is not asked for: browsers note each such answer as an error. */
async function found(id: string, signal: AbortSignal): Promise<{ live: ScenarioText | undefined; draft: api.Draft | undefined }> {
  const [listed, begun] = await Promise.all([scenarios(signal), drafts(signal)]);
  const [live, draft] = await Promise.all([
    listed.some((one) => one.id === id) ? present(scenario(id, signal)) : undefined,
    begun.some((one) => one.scenario === id) ? api.draft(id, signal) : undefined,
  ]);
  return { live, draft };
}

async function present<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return undefined;
    throw error;
  }
}

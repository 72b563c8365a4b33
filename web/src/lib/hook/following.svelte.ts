// The requests of a hook, followed as they come in.
import { untrack } from 'svelte';

import * as api from '../api/hooks';
import type { RequestFilter, RequestLine } from '../api/hook-types';
import { SignedOut } from '../api/http';
import { session } from '../api/session.svelte';
import { beginning, Feed, pageSize } from './feed';
import { gathered } from './gather';
import { first, newer } from './pages';
import { frame, patience, Stream } from './stream';
import { fits } from './verdict';

/** Time until what failed at the beginning is tried again, in milliseconds. */
const pause = 2000;

/** How long to wait for more before it is asked what of it contains a text, in milliseconds. */
const hesitation = 1000;

export class Following {
  /** Replaced when the filter changes; what changes in it is told by `revision`. */
  feed = $state.raw<Feed>();
  revision = $state(0);
  /** How many wait while it is paused. */
  waiting = $state(0);
  paused = $state(false);
  connected = $state(false);
  problem = $state.raw<Error>();
  #loading = false;
  #counting = false;
  #stream: Stream | undefined;

  /** To be made by a component: follows what `filter` gives until the component is gone. */
  constructor(
    readonly hook: string,
    filter: () => RequestFilter,
  ) {
    $effect(() => {
      const control = new AbortController();
      const asked = filter();
      untrack(() => void this.#begin(asked, control.signal));
      return () => {
        control.abort();
        this.#stream?.close();
      };
    });
  }

  /** How many requests are here. */
  get count(): number {
    void this.revision;
    return this.feed?.length ?? 0;
  }

  /** How many have come in live. */
  get arrived(): number {
    void this.revision;
    return this.feed?.arrived ?? 0;
  }

  /** Whether so many wait that the others are left to the server until it goes on. */
  get overflowing(): boolean {
    return this.waiting >= patience;
  }

  pause(): void {
    this.paused = true;
    this.#stream?.batch.hold();
  }

  resume(): void {
    this.paused = false;
    this.waiting = 0;
    this.#stream?.batch.release();
  }

  /** Asks for the page of older ones, once. */
  async more(filter: RequestFilter): Promise<void> {
    const { feed } = this;
    const before = feed?.next;
    if (!feed || !before || this.#loading) return;
    this.#loading = true;
    try {
      const page = await api.requests(this.hook, filter, pageSize, before, AbortSignal.timeout(30_000));
      feed.extend(page, before);
      this.revision += 1;
    } catch (error) {
      this.#complain(error);
    } finally {
      this.#loading = false;
    }
  }

  async #begin(filter: RequestFilter, signal: AbortSignal): Promise<void> {
    this.feed = undefined;
    this.connected = false;
    this.waiting = 0;
    try {
      // First where the log ends now, so that nothing is missed between the list and the stream.
      const newest = await api.requests(this.hook, {}, 1, null, signal);
      const page = await first(this.hook, filter, signal);
      if (signal.aborted) return;
      this.problem = undefined;
      this.feed = new Feed(page);
      this.#follow(this.feed, filter, newest.requests[0]?.id ?? beginning, signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#complain(error);
      setTimeout(() => !signal.aborted && void this.#begin(filter, signal), pause);
    }
  }

  #follow(feed: Feed, filter: RequestFilter, after: string, signal: AbortSignal): void {
    const append = (lines: RequestLine[]) => {
      feed.append(lines.filter((line) => fits(line, filter)));
      this.revision += 1;
    };
    const take = filter.q ? this.#searcher(feed, filter, after, signal) : append;
    this.#stream = new Stream(this.hook, after, take, (stream) => {
      this.connected = stream.open;
      if (this.paused) this.#count(stream);
    });
    if (this.paused) this.#stream.batch.hold();
  }

  /** Takes what came in as a reason to ask: text is looked for by the server, which has the whole of each request. */
  #searcher(feed: Feed, filter: RequestFilter, after: string, signal: AbortSignal): (lines: RequestLine[]) => void {
    let [came, looked] = [after, after];
    const ask = async () => {
      const newest = came;
      try {
        feed.append(await newer(this.hook, filter, looked, signal));
        looked = newest;
        this.problem = undefined;
        this.revision += 1;
      } catch (error) {
        if (!signal.aborted) this.#complain(error);
      }
    };
    const gather = gathered(ask, () => new Promise((then) => setTimeout(then, hesitation)));
    return (lines) => {
      came = lines.at(-1)?.id ?? came;
      gather();
    };
  }

  /** Counts what waits, once in a frame. */
  #count(stream: Stream): void {
    if (this.#counting) return;
    this.#counting = true;
    frame(() => {
      this.#counting = false;
      if (this.paused) this.waiting = stream.batch.length;
    });
  }

  #complain(error: unknown): void {
    if (error instanceof SignedOut) session.signedOut = true;
    this.problem = error instanceof Error ? error : new Error(String(error));
  }
}

// The requests of a hook, followed as they come in.
import { untrack } from 'svelte';

import * as api from '../api/hooks';
import type { RequestFilter, RequestLine } from '../api/hook-types';
import { SignedOut } from '../api/http';
import { session } from '../api/session.svelte';
import { Batch, type Frame } from './batch';
import { beginning, Feed, order, pageSize } from './feed';
import { fits } from './verdict';

/** Time until a connection that the browser gave up is tried again, in milliseconds. */
const pause = 2000;

/** How many wait at most while the list is paused or not seen; then the stream is left, and taken up again later. */
const patience = 20_000;

/** The frame in which something is drawn next. Browsers draw no frames of a page that is not seen. */
const frame: Frame = (then) => {
  if (document.visibilityState === 'hidden') setTimeout(then, 1000);
  else requestAnimationFrame(then);
};

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
      const page = await api.requests(this.hook, filter, pageSize, null, signal);
      if (signal.aborted) return;
      this.problem = undefined;
      this.feed = new Feed(page);
      this.#follow(this.feed, filter, newest.requests[0]?.id ?? beginning);
    } catch (error) {
      if (signal.aborted) return;
      this.#complain(error);
      setTimeout(() => !signal.aborted && void this.#begin(filter, signal), pause);
    }
  }

  #follow(feed: Feed, filter: RequestFilter, after: string): void {
    const take = (lines: RequestLine[]) => {
      feed.append(lines.filter((line) => fits(line, filter)));
      this.revision += 1;
    };
    this.#stream = new Stream(this.hook, after, take, (stream) => {
      this.connected = stream.open;
      if (this.paused) this.#count(stream);
    });
    if (this.paused) this.#stream.batch.hold();
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

/** Server-sent events by cursor: a break, or a stop because too many wait, loses nothing. */
class Stream {
  readonly batch: Batch<RequestLine>;
  #source: EventSource | undefined;
  #last: string;
  #closed = false;

  constructor(
    readonly hook: string,
    after: string,
    take: (lines: RequestLine[]) => void,
    readonly tell: (stream: Stream) => void,
  ) {
    this.#last = after;
    this.batch = new Batch(frame, (lines) => this.#deliver(lines, take), patience);
    this.#connect();
  }

  get open(): boolean {
    return this.#source?.readyState === EventSource.OPEN;
  }

  close(): void {
    this.#closed = true;
    this.#leave();
  }

  #connect(): void {
    if (this.#closed || this.#source) return;
    const source = new EventSource(api.eventsAddress(this.hook, this.#last));
    this.#source = source;
    source.onopen = () => this.tell(this);
    source.onerror = () => {
      this.tell(this);
      if (source.readyState !== EventSource.CLOSED) return;
      this.#leave();
      setTimeout(() => this.#connect(), pause);
    };
    source.addEventListener('request', (event) => this.#read(JSON.parse(event.data as string) as RequestLine));
  }

  #read(line: RequestLine): void {
    // After a break the browser asks the address again as it was first.
    if (order(line.id, this.#last) <= 0) return;
    this.#last = line.id;
    this.batch.push(line);
    if (this.batch.full) this.#leave();
    this.tell(this);
  }

  #deliver(lines: RequestLine[], take: (lines: RequestLine[]) => void): void {
    if (this.#closed) return;
    take(lines);
    this.#connect();
  }

  #leave(): void {
    this.#source?.close();
    this.#source = undefined;
  }
}

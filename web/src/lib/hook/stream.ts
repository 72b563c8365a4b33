// Requests as the server tells them, in batches of a frame. A break loses nothing: the stream goes on after the last id.
import { eventsAddress } from '../api/hooks';
import type { RequestLine } from '../api/hook-types';
import { Batch, type Frame } from './batch';
import { order } from './feed';

/** Time until a connection that the browser gave up is tried again, in milliseconds. */
const pause = 2000;

/** How many wait at most while they are held or the page is not seen; then the stream is left, and taken up again later. */
export const patience = 20_000;

/** The frame in which something is drawn next. Browsers draw no frames of a page that is not seen. */
export const frame: Frame = (then) => {
  if (document.visibilityState === 'hidden') setTimeout(then, 1000);
  else requestAnimationFrame(then);
};

/** Server-sent events by cursor. */
export class Stream {
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
    const source = new EventSource(eventsAddress(this.hook, this.#last));
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

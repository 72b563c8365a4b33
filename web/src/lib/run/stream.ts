// One run, told as it goes on until it is over.
import { run as ask } from '../api/client';
import { runEvents } from '../api/editing';
import { SignedOut } from '../api/http';
import { session } from '../api/session.svelte';
import { isOver, type Run } from '../api/types';

/** Time between two questions where no stream comes through, in milliseconds. */
const pause = 500;

/** Calls `take` with the run whenever it changed, until it is over or the function that is returned is called. */
export function followRun(id: string, take: (run: Run) => void, complain: (error: Error) => void): () => void {
  const control = new AbortController();
  const source = new EventSource(runEvents(id));

  const pass = (run: Run) => {
    if (control.signal.aborted) return;
    // Before it is handed on: whoever takes it may follow another one.
    if (isOver(run.status)) stop();
    take(run);
  };
  const stop = () => {
    control.abort();
    source.close();
  };
  source.addEventListener('run', (event) => pass(JSON.parse((event as MessageEvent<string>).data) as Run));
  source.onerror = () => {
    // The browser connects anew by itself, unless it was refused.
    if (source.readyState === EventSource.CLOSED && !control.signal.aborted) void poll();
  };

  async function poll() {
    while (!control.signal.aborted) {
      try {
        pass(await ask(id, control.signal));
      } catch (error) {
        if (control.signal.aborted) return;
        if (error instanceof SignedOut) session.signedOut = true;
        complain(error instanceof Error ? error : new Error(String(error)));
      }
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  return stop;
}

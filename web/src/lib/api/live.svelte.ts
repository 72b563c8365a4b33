// A value of the server's, asked for again and again while someone looks.
import { SignedOut } from './http';
import { session } from './session.svelte';

/** Time between an answer and the next question, in milliseconds. */
const pause = 2000;

export interface Live<T> {
  /** The latest answer; none before the first. */
  readonly value: T | undefined;
  /** Why the latest question got no answer; none when it did. */
  readonly problem: Error | undefined;
  /** Asks at once, after something was done that changes the answer. */
  renew(): Promise<void>;
}

/**
 * Asks with `load` while the component lives and the page is visible, until an answer is `final`. What `load` reads
 * before its first `await` is tracked: when that changes, everything starts anew.
 */
export function live<T>(
  load: (signal: AbortSignal) => Promise<T>,
  final: (value: T) => boolean = () => false,
  every = pause,
): Live<T> {
  let value = $state.raw<T>();
  let problem = $state.raw<Error>();
  let renew = async () => {};

  $effect(() => {
    const control = new AbortController();
    const { signal } = control;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    let over = false;
    value = undefined;
    problem = undefined;

    async function ask() {
      clearTimeout(timer);
      if (asking || over || document.visibilityState === 'hidden') return;
      asking = true;
      try {
        const answer = await load(signal);
        if (signal.aborted) return;
        value = answer;
        problem = undefined;
        over = final(answer);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SignedOut) session.signedOut = true;
        problem = error instanceof Error ? error : new Error(String(error));
      } finally {
        asking = false;
      }
      timer = setTimeout(ask, every);
    }

    renew = async () => {
      const answer = await load(signal);
      if (!signal.aborted) value = answer;
    };
    void ask();
    document.addEventListener('visibilitychange', ask, { signal });
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  });

  return {
    get value() {
      return value;
    },
    get problem() {
      return problem;
    },
    renew: () => renew(),
  };
}

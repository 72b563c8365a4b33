// Many reasons to ask, few questions. Pure: how long to wait comes in.

/**
 * A function that has `ask` called after a while, one at a time: once for all calls meanwhile, and once more for those
 * that come while it is asked. `ask` must not fail.
 */
export function gathered(ask: () => Promise<void>, wait: () => Promise<void>): () => void {
  let asking = false;
  let more = false;

  async function go() {
    asking = true;
    while (more) {
      await wait();
      more = false;
      await ask();
    }
    asking = false;
  }

  return () => {
    more = true;
    if (!asking) void go();
  };
}

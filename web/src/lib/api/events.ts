// What happens on the server, told to the whole page over one stream: browsers allow few connections to a server.
import { base } from './http';

/** What each event carries. */
export interface Events {
  /** A run began or ended. */
  run: { id: string; scenario: string; status: string; created: number };
  /** A scenario's text changed; no version where it is gone. */
  scenario: { id: string; version: string | null };
  /** Somebody saved a draft. */
  draft: { scenario: string; revision: number };
  alarm: unknown;
  /** We were too slow, or away: what was not told must be asked for. */
  missed: unknown;
}

type Name = keyof Events;
type Handler = (what: never) => void;

const handlers = new Map<Name, Set<Handler>>();
let source: EventSource | undefined;
/** Whether the stream was ever open, so that the next opening means that something may have been missed. */
let opened = false;

/** Calls `handler` for each such event until the function it returns is called. */
export function onEvent<N extends Name>(name: N, handler: (what: Events[N]) => void): () => void {
  const listening = handlers.get(name) ?? new Set();
  handlers.set(name, listening);
  listening.add(handler);
  connect();
  return () => {
    listening.delete(handler);
    if ([...handlers.values()].some((set) => set.size > 0)) return;
    source?.close();
    source = undefined;
    opened = false;
  };
}

function connect(): void {
  if (source && source.readyState !== EventSource.CLOSED) return;
  source = new EventSource(`${base}/events`);
  source.onopen = () => {
    if (opened) tell('missed', null);
    opened = true;
  };
  for (const name of ['run', 'scenario', 'draft', 'alarm', 'missed'] as const) {
    source.addEventListener(name, (event) => tell(name, parsed((event as MessageEvent<string>).data)));
  }
}

function tell(name: Name, what: unknown): void {
  for (const handler of handlers.get(name) ?? []) handler(what as never);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

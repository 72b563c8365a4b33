// What the server's API says of hooks and of the requests they got, version 1.
import type { HookVerdict } from './schema';
import type { Pairs } from './types';

/** What became of a request. A bin's are `kept`. */
export type Verdict = HookVerdict;
export const verdicts = ['taken', 'repeat', 'refused', 'handshake', 'kept'] as const satisfies readonly Verdict[];

export interface Hook {
  /** As the scenario writes it; below `/hook/`. */
  path: string;
  url: string;
  /** None for a bin, and for a path that no scenario has any more. */
  scenario: string | null;
  enabled: boolean;
  bin: boolean;
  /** By what requests are verified, all of which must pass; null where they are not. */
  verify: string[] | null;
  /** Presets that know the sender's events and verify nothing, as the sender signs nothing. */
  recognised: string[];
  /** Whether the scenario says that they need not be. */
  open: boolean;
  /** What the first caller gave to be set as the secret, where its sender does so and the secret has no value yet. */
  token?: string;
  /** Networks that may call; empty: anyone. */
  allow: string[];
  methods: string[];
  requests: { total: number; refused: number; last: number | null };
}

/** One line of the list of requests; times are milliseconds since 1970. */
export interface RequestLine {
  /** Grows with each request; compare with `order`. */
  id: string;
  at: number;
  method: string;
  /** Path and query as they came. */
  target: string;
  ip: string;
  status: number;
  verdict: Verdict;
  /** Why it was refused. */
  code?: string | null;
  event?: string | null;
  run?: string | null;
  /** Bytes of the body. */
  length: number;
  /** Microseconds until the answer. */
  took_us: number;
  /** Whether it came to the test URL of a draft. */
  test?: boolean;
}

export interface RequestPage {
  requests: RequestLine[];
  /** The `before` of the next page; null on the last. */
  next: string | null;
}

/** A body: text, base64 where `encoding` says so, or `{ truncated: BYTES }` where it is too large to be shown at once. */
export interface Content {
  body: unknown;
  encoding?: 'base64' | null;
}

/** One thing the signature doctor found. */
export interface Finding {
  code: string;
  message: string;
  hint?: string | null;
}

/** Why a signature does not fit. */
export interface Diagnosis {
  /** How the sender is to have signed: `HMAC-SHA256 in hex`. */
  method?: string | null;
  /** The beginning of the signed text, and how many bytes all of it has. */
  signed?: string | null;
  signed_length?: number | null;
  /** The first characters of signatures. */
  expected?: string | null;
  received?: string | null;
  /** The likeliest first. */
  findings?: Finding[];
}

export interface WholeRequest extends RequestLine, Content {
  headers: Pairs;
  /** How many bytes of the body were kept; fewer than `length` where it was too long. */
  kept: number;
  provider?: string | null;
  detail?: string | null;
  diagnosis?: Diagnosis | null;
  answer: Content & { status: number; headers: Pairs };
  runs: number;
  /** The provider's name of the delivery. */
  delivery?: string | null;
  /** Which request it was made from. */
  of?: string | null;
}

/** Which requests to list. */
export interface RequestFilter {
  verdict?: Verdict;
  q?: string;
}

/** What a request was answered that was sent again, or why it was not sent. */
export interface Sent {
  status?: number | null;
  run?: string | null;
  error?: string | null;
}

/** A request as a person wrote it. A body that is left out is that of the request it was made from. */
export interface Written {
  method: string;
  /** Below `/hook/`. */
  path: string;
  query: string;
  headers: Pairs;
  body?: string;
  body_base64?: string;
  of?: string;
}

export interface Draft {
  id: string;
  text: string;
}

export interface LearntSchema {
  schema: unknown;
  samples: number;
  /** None where nobody is warned. */
  watched: Watch | null;
}

/** What is known since someone is warned when the shape of requests changes. */
export interface Watch {
  since: number;
  checked: number;
  misfits: number;
  last: { id: string; reason: string } | null;
}

export const copyStyles = ['curl', 'httpie', 'fetch', 'http'] as const;
export type CopyStyle = (typeof copyStyles)[number];

// The types of the API, version 1: made from docs/reference/openapi.json. Not written by hand:
// `UPDATE_EXPECT=1 npx vitest run generate` makes the file anew.

/** Something that people should know of. */
export type Alarm = {
  /** Who has seen it. */
  acknowledged?: string | null;
  /** Until when it was so, in milliseconds since 1970; null: it goes on. */
  cleared?: number | null;
  /** What is wrong. */
  kind: AlarmKind;
  /** What is wrong, in a sentence. */
  message: string;
  /** Since when, in milliseconds since 1970. */
  since: number;
  /** With what: the id of a scenario, or the name of what is in trouble. */
  subject: string;
};

/** Which alarm was seen. */
export type AlarmAcknowledge = {
  /** What is wrong. */
  kind: AlarmKind;
  /** With what. */
  subject: string;
};

/** What is wrong: too many failures in a row, nothing came, a trigger did not do what was due, too many runs wait, or something that a trigger or connection needs does not work. */
export type AlarmKind = 'failing' | 'silent' | 'stopped' | 'queue' | 'trouble';

/** Alarms. */
export type AlarmList = {
  /** The alarms: those that go on first, then the newest first. */
  items: Alarm[];
};

/** A test made of a run. */
export type CapturedTest = {
  /** Of which scenario. */
  scenario: string;
  /** An entry of `tests:`. */
  test: unknown;
  /** The text of it that the run was of. */
  text: string;
};

/** A scenario's text. */
export type CheckRequest = {
  /** The text. */
  text: string;
};

/** What is wrong with it. */
export type CheckResult = {
  /** The findings, in the order of the text. */
  diagnostics: Diagnostic[];
};

/** A comparison that a filter made. */
export type Comparison = {
  /** The left value as JSON, cut where it is long. */
  left: string;
  /** Its type. */
  left_type: string;
  /** The operator, or the function that tells true from false. */
  operator: string;
  /** How it came out. */
  result: boolean;
  /** The right value, as the left. */
  right: string;
  /** Its type. */
  right_type: string;
};

/** A connection, without what is secret in it. */
export type Connection = {
  /** Whether somebody has authorized it; not there where nobody has to. */
  authorized?: boolean | null;
  expires?: i64 | null;
  failing_since?: i64 | null;
  /** Its settings, without the secret ones; empty for a connection that the file has. */
  fields: Record<string, unknown>;
  last_used?: i64 | null;
  /** Its name. */
  name: string;
  /** Why it cannot be used. */
  reason?: string | null;
  /** Whether nothing is sent over it. */
  sandbox: boolean;
  /** Who made it. */
  source: CredentialSource;
  /** Whether it can be used. */
  state: ConnectionState;
  /** Its type; empty where that is not known. */
  type: string;
  /** The scenarios whose steps name it. */
  used_by: string[];
};

/** A connection, as a form sends it. */
export type ConnectionChange = {
  /** Its settings. A secret one that is left out stays as it was; any other that is left out is gone. */
  fields: Record<string, unknown>;
  /** Its type. */
  type: string;
};

/** Where somebody is to allow the connection. */
export type ConnectionConsent = {
  /** Where the provider sends people back to; it has to know this address beforehand. */
  redirect_uri: string;
  /** The provider's page, to be opened within ten minutes: by whom has a session, in the same browser. */
  url: string;
};

/** A setting of a connection. */
export type ConnectionField = {
  /** What it may be, where that is a choice. */
  choices?: string[];
  /** What it is for. */
  description: string;
  /** Title and description in other languages. */
  i18n: Record<string, ConnectionWords>;
  /** What it holds. `secret` and `json` are written and never read back. */
  kind: ConnectionFieldKind;
  /** Its key. */
  name: string;
  /** Whether it must be given. */
  required: boolean;
  /** What people call it. */
  title: string;
};

/** What a setting holds. */
export type ConnectionFieldKind = 'text' | 'secret' | 'url' | 'number' | 'json' | 'choice' | 'list';

/** Whether a connection can be used. */
export type ConnectionState = 'ok' | 'broken';

/** A name in another language. */
export type ConnectionTitle = {
  /** What it is called. */
  title: string;
};

/** Settings to be tested. */
export type ConnectionTrial = {
  /** The settings. */
  fields: Record<string, unknown>;
  /** The connection that they are to change, whose secrets count where they are left out. */
  name?: string | null;
  /** The type. */
  type: string;
};

/** A type of connection. */
export type ConnectionType = {
  /** Its settings. */
  fields: ConnectionField[];
  /** What people who speak another language call it, by language. */
  i18n: Record<string, ConnectionTitle>;
  /** What people call it. */
  title: string;
  /** `bearer`, `smtp`… */
  type: string;
};

/** What came of a test. */
export type ConnectionVerdict = {
  /** Why it does not work: the code with which a step would fail. */
  code?: string | null;
  /** What to try. */
  hint?: string | null;
  /** What was found, in a sentence without a final dot. */
  message: string;
  /** Whether the connection works, as far as can be told without sending anything. */
  ok: boolean;
  /** How long it took, in milliseconds. */
  took_ms: number;
};

/** Words of a setting in another language. */
export type ConnectionWords = {
  /** What it is for. */
  description: string;
  /** What it is called. */
  title: string;
};

/** All connections, and the types that there are. */
export type Connections = {
  /** By name. */
  items: Connection[];
  /** Where providers send people back to who authorize a connection; they have to know this address beforehand. */
  redirect_uri?: string | null;
  /** The types that a connection can have, with the fields of their forms. */
  types: ConnectionType[];
};

/** A body. */
export type Content = {
  /** The body: text, or base64 where it is no UTF-8. */
  body: unknown;
  /** `base64` where the body is so. */
  encoding?: string | null;
};

/** Who made a connection or a secret. */
export type CredentialSource = 'file' | 'editor';

/** One finding about a scenario's text. */
export type Diagnostic = {
  /** `E0101`; each has a page in `docs/errors/`. */
  code: string;
  fix?: Fix | null;
  /** What to try. */
  hint?: string | null;
  /** What is wrong. */
  message: string;
  /** Where in the text. */
  place: Place;
  /** Whether it stops the scenario. */
  severity: Severity;
};

/** A draft. */
export type Draft = {
  /** The version of the scenario that it began with; null: it is of a new one. */
  basis?: string | null;
  /** What the next change builds upon. */
  revision: number;
  /** When it was saved, in milliseconds since 1970. */
  saved: number;
  /** The text, valid or not. */
  text: string;
};

/** A draft to save. */
export type DraftChange = {
  /** The version of the scenario that it began with; null: it is of a new one. */
  basis?: string | null;
  /** The last revision that was seen; 0: there was no draft. */
  revision?: number;
  /** The text, valid or not. */
  text: string;
};

/** What someone else saved meanwhile: a problem document (RFC 9457). */
export type DraftConflict = {
  /** `draft_changed`. */
  code: string;
  /** What is wrong, for people. */
  detail: string;
  draft?: Draft | null;
  /** The HTTP status. */
  status: number;
  /** The status in words. */
  title: string;
  /** `about:blank`: the status and the code say what kind of problem it is. */
  type: string;
};

/** A draft in short. */
export type DraftSummary = {
  /** The version of the scenario that it began with; null: it is of a new one. */
  basis?: string | null;
  /** What the next change builds upon. */
  revision: number;
  /** When it was saved, in milliseconds since 1970. */
  saved: number;
  /** The scenario, which may not exist yet. */
  scenario: string;
};

/** All drafts. */
export type Drafts = {
  /** The drafts, by the ids of their scenarios. */
  items: DraftSummary[];
};

/** A part of the text that is replaced. */
export type Edit = {
  /** Where it ends, exclusive. */
  end: Place;
  /** Where it begins. */
  start: Place;
  /** What stands there instead. */
  text: string;
};

/** Whether calling a module reaches outside of the run. */
export type Effect = 'pure' | 'outside';

/** Why there is no value. */
export type EvaluateError = {
  /** Where in what was given, from 1. */
  at: EvaluatePlace;
  /** For programs: `no_value`, `missing_property`, `type_mismatch`, `limit`, `E0301`… */
  code: string;
  /** What to try. */
  hint?: string | null;
  /** For people. */
  message: string;
};

/** A place in a text. */
export type EvaluatePlace = {
  /** Character within the line, from 1. */
  column: number;
  /** Line, from 1. */
  line: number;
};

/** What is evaluated, and on what. */
export type EvaluateRequest = {
  /** One expression, without braces. */
  expression?: string | null;
  /** A run whose values names have that `scope` does not give. */
  run?: string | null;
  /** The values of names: `trigger`, the ids of steps, `item`, `index`, `vars`. */
  scope?: Record<string, unknown>;
  /** A text with `{{ … }}` in it. Either this or `expression`. */
  template?: string | null;
};

/** What it gives: `value` or `error`. */
export type EvaluateResult = {
  error?: EvaluateError | null;
  /** The value; `{"truncated": BYTES}` where its JSON has more than 256 KiB. Secrets, and what came of them, are `•••`. */
  value?: unknown;
};

/** A change of a scenario's text that mends a finding without changing anything else. */
export type Fix = {
  /** What is replaced; no two of them touch. */
  edits: Edit[];
  /** What it does, as an imperative. */
  title: string;
};

/** A function. */
export type Function = {
  /** What makes it fail beyond arguments of the wrong type; empty where nothing does. */
  errors: string;
  /** An expression that uses it. */
  example: string;
  /** What it belongs to: `text`, `number`, `list`… */
  group: string;
  /** Its name. */
  name: string;
  /** What the example gives, as JSON. */
  result: string;
  /** How it is written; `?` marks what may be left out. */
  signature: string;
  /** What it does, in a sentence. */
  summary: string;
};

/** Every function of the language. */
export type Functions = {
  /** The functions, in the order of the reference. */
  items: Function[];
};

/** A webhook. */
export type Hook = {
  /** Networks that may call; empty: anyone. */
  allow: string[];
  /** Whether it is a bin: a webhook without a scenario, which keeps everything. */
  bin: boolean;
  /** Whether requests are taken. */
  enabled: boolean;
  /** Methods it takes; empty: any. */
  methods: string[];
  /** Whether the scenario says that they need not be: it is open on purpose. */
  open: boolean;
  /** The path below `/hook/`. */
  path: string;
  /** Presets that know the sender's events and verify nothing, as the sender signs nothing. */
  recognised: string[];
  /** What came to it. */
  requests: HookRequestCount;
  /** Its scenario; null: none. */
  scenario?: string | null;
  /** The token that the first caller gave, where its sender gives one to be set as the secret (Notion) and the secret has no value yet. Anyone may have called first: set it only where you were just having the sender call. */
  token?: string | null;
  /** Which of the scenario's triggers it is, from 0. */
  trigger?: number | null;
  /** The whole address. */
  url: string;
  /** By what requests are verified: presets and schemes, all of which must pass; null: they are not. */
  verify?: string[] | null;
};

/** All webhooks. */
export type HookList = {
  /** Those of scenarios, by scenario; then bins; then paths that no scenario has any more, by what they have kept. */
  hooks: Hook[];
};

/** A request that is not like those before. */
export type HookMisfit = {
  /** The request's id. */
  id: string;
  /** What does not fit. */
  reason: string;
};

/** Which requests are sent again: these, or those that fit. */
export type HookReplay = {
  /** Those that came before this request: the `next` of the page before. */
  before?: string | null;
  /** These, in this order; at most 200. One that is not there does not stop the others. */
  ids?: string[] | null;
  /** Those that came at this time or later, as `2026-12-31T09:00:00Z`. */
  since?: string | null;
  /** Those that came before this time. */
  until?: string | null;
  /** Those of which this became: taken, repeat, handshake, refused, kept. */
  verdict?: string | null;
};

/** What became of the requests. */
export type HookReplayed = {
  /** The `before` of the next page, of older ones; null on the last. */
  next?: string | null;
  /** Each of them, in the order in which they were sent. */
  requests: HookReplayedItem[];
};

/** What became of one request. */
export type HookReplayedItem = {
  /** Why it could not be sent. */
  error?: string | null;
  /** The request that was there before. */
  id: string;
  /** The run that it started. */
  run?: string | null;
  /** What it was answered now. */
  status?: number | null;
};

/** A request, whole. What carries a credential is masked. */
export type HookRequest = HookRequestSummary & Content & {
  /** What it was answered. */
  answer: Response;
  /** The provider's name of the delivery. */
  delivery?: string | null;
  /** Why it was refused, in a sentence. */
  detail?: string | null;
  /** What is wrong with its signature. */
  diagnosis?: unknown;
  /** Names and values, in order. */
  headers: string[][];
  /** How many bytes of the body are kept; less than `length` where it was longer than is kept, or was not read. */
  kept: number;
  /** The request that a person sent again in this one. */
  of?: string | null;
  /** The provider's preset that verified it. */
  provider?: string | null;
  /** How many runs it started. */
  runs: number;
};

/** What a request was answered that was sent by hand. */
export type HookRequestAnswer = {
  /** The body: text, or base64 where it is no UTF-8. */
  body: unknown;
  /** `base64` where the body is so. */
  encoding?: string | null;
  /** Names and values, in order. */
  headers: string[][];
  /** The run it started, or the first of them. */
  run?: string | null;
  /** The status. */
  status: number;
};

/** What came to a webhook, as far as it is kept. */
export type HookRequestCount = {
  /** When the last one came, in milliseconds since 1970. */
  last?: number | null;
  /** How many of them were refused. */
  refused: number;
  /** How many requests. */
  total: number;
};

/** A page of requests. */
export type HookRequestList = {
  /** The `before` of the next page; null on the last. */
  next?: string | null;
  /** The requests, newest first. A page may be short where many were looked through for a text. */
  requests: HookRequestSummary[];
};

/** A request, whole, with all its header fields. */
export type HookRequestLive = {
  /** The body, as base64. */
  body_base64: string;
  /** Names and values, in order; a value that is no UTF-8 is read as Latin-1. */
  headers: string[][];
  /** Where it came from. */
  ip: string;
  /** How long the body was; more than there is where it was refused, or went into files. */
  length: number;
  /** Its method. */
  method: string;
  /** What of the path stands in place of the webhook's `{name}` segments and behind them, with its slash. */
  rest: string;
  /** What it was answered. */
  status: number;
  /** Path and query, as they came. */
  target: string;
  /** What became of it. */
  verdict: HookVerdict;
};

/** A request in short. */
export type HookRequestSummary = {
  /** When it came, in milliseconds since 1970. */
  at: number;
  /** Why it was refused. */
  code?: string | null;
  /** What happened, in the provider's words. */
  event?: string | null;
  /** Its id; later ones have greater ones. */
  id: string;
  /** Where it came from. */
  ip: string;
  /** How long the body was, in bytes. */
  length: number;
  /** Its method. */
  method: string;
  /** The run it started, or repeats. */
  run?: string | null;
  /** The status of the answer. */
  status: number;
  /** Path and query, as they came; what carries a credential is masked. */
  target: string;
  /** It came to the test address, and started a trial. */
  test?: boolean;
  /** How long the caller waited, in microseconds; at a bin, until the request was handed to the disk, for it cannot say of itself how long the writing takes. */
  took_us: number;
  /** What became of it. */
  verdict: HookVerdict;
};

/** How many requests are gone. */
export type HookRequestsGone = {
  /** How many. */
  gone: number;
};

/** What the bodies of a webhook's requests have in common. */
export type HookSchema = {
  /** How many requests it was learnt from. */
  samples: number;
  /** The JSON Schema (2020-12) that all of the samples satisfy. */
  schema: unknown;
  watched?: WatchedHook | null;
};

/** What requests are to be like. */
export type HookSchemaChange = {
  /** From how many of them, 1 to 2,000; 200 unless given. */
  samples?: number | null;
  /** A JSON Schema; left out: what is learnt from the newest requests. */
  schema?: Record<string, unknown> | null;
};

/** A request to be sent. What is left out is as in `of`, or in `curl`. */
export type HookSend = {
  /** The body, as text. */
  body?: string | null;
  /** The body, as base64. */
  body_base64?: string | null;
  /** A line for `curl`, as browsers, Postman and other programs copy a request. Its address counts from `/hook/` on; where it has none, the webhook's own path is taken, with its query. */
  curl?: string | null;
  /** Names and values, in order. */
  headers?: string[][] | null;
  /** The method; POST without `of` and `curl`. */
  method?: string | null;
  /** The kept request that is changed. */
  of?: string | null;
  /** The path below `/hook/`; the webhook's own without `of`, where nothing in it is left open. */
  path?: string | null;
  /** What stands behind the `?`. */
  query?: string | null;
};

/** The kinds of verdicts, as they are stored: numbers are never used again for something else. */
export type HookVerdict = 'taken' | 'repeat' | 'handshake' | 'refused' | 'kept';

/** A file that another tool has exported: its text, or where it lies. */
export type ImportRequest = {
  /** The file's name, for where it has none inside. */
  name?: string;
  /** What is in it. */
  text?: string | null;
  /** Where it lies in the web, in place of `text`: a JSON file, an archive of such, or a page of GitHub or n8n.io with one. Private addresses are not asked unless the server's operator allows it. */
  url?: string | null;
};

/** What it becomes. */
export type ImportResult = {
  /** The scenarios of the file. */
  scenarios: ImportedScenario[];
};

/** A scenario made of a file. It is not kept before somebody saves it. */
export type ImportedScenario = {
  /** What it may be called. */
  id: string;
  /** Whose the file is: `make`, `n8n`, `zapier` or `node_red`. */
  kind: string;
  /** Where its steps stood: `step` (its id, else its path in the text), `x` and `y` of each. */
  positions: (Record<string, unknown>)[];
  /** What became of every module: `modules` (`total`, `executable`, `todo`), `expressions` (`total`, `translated`), `connections` with a `question` for each account, and `items`. */
  report: Record<string, unknown>;
  /** The scenario's text. */
  text: string;
};

/** A run in short. */
export type LastRun = {
  /** When it last changed, in milliseconds since 1970. */
  at: number;
  /** Its id. */
  id: string;
  /** How it stands. */
  status: RunStatus;
};

/** Where the picture of a scenario has its steps and notes. What has no place here is placed by the editor. */
export type Layout = {
  /** Notes beside the steps. */
  notes?: LayoutNote[];
  /** The places of steps, by their paths in the text (`steps/0`). */
  positions?: Record<string, LayoutPosition>;
};

/** A note on the picture. */
export type LayoutNote = {
  /** What it says. */
  text: string;
  /** To the right. */
  x: number;
  /** Down. */
  y: number;
};

/** A place. */
export type LayoutPosition = {
  /** To the right. */
  x: number;
  /** Down. */
  y: number;
};

/** A text that is to listen. */
export type ListenRequest = {
  /** The text. */
  text: string;
};

/** Where it listens. */
export type ListenResult = {
  /** Until when it listens, in milliseconds since 1970. */
  until: number;
  /** The addresses of its webhooks. */
  urls: ListenUrls[];
};

/** The addresses of a webhook. */
export type ListenUrls = {
  /** The path, as the scenario writes it: that of its kept requests. */
  path: string;
  /** Where this text is called now. */
  test_url: string;
  /** Which trigger, from 0 in the order of the text. */
  trigger: number;
  /** Where the scenario is called once this text is published. */
  url: string;
};

/** A token, as it is shown once. */
export type MadeToken = {
  /** By which it is deleted. */
  id: string;
  /** The token itself. It is not kept and cannot be shown again. */
  token: string;
};

/** A step that does not fit. */
export type Misfit = {
  /** The same for people. */
  message: string;
  /** Its id, else its name or module. */
  step: string;
  /** `missing`, `other_module`, `other_place`, `behind`, `nameless`, `other_branches` or `other_turns`. */
  why: string;
};

/** The steps of a run that do not fit a version. */
export type Misfits = Misfit[];

/** What a module, a flow step or a trigger is. */
export type Module = {
  /** What it is called elsewhere: types and titles of Make and n8n. */
  aliases: string[];
  app?: ModuleApp | null;
  /** Connection types that the parameter `connection` accepts; empty: the module takes no connection. */
  connections: string[];
  /** The whole description, Markdown. */
  description: string;
  /** Whether a call reaches outside of the run. */
  effect: Effect;
  /** A parameter list as one would write it. */
  example: unknown;
  /** What it and its parameters are called, by language. English (`en`) has titles alone. */
  i18n: Record<string, ModuleWords>;
  /** Which of the three it is. */
  kind: ModuleKind;
  /** The key of a step, `http.request`, or of a trigger. */
  name: string;
  /** Whether `connection` must be given. */
  needs_connection: boolean;
  /** JSON Schema (2020-12) of the parameters. What it refers to is in its `$defs`, but `steps`. */
  parameters: Record<string, unknown>;
  /** The pauses, in seconds, after which a step that fails is tried again where it has no `retry`; missing: it is not. */
  retry_pauses?: number[];
  /** What a successful call answers, by example. */
  sample: unknown;
  /** One sentence. */
  summary: string;
  /** Its name for people, in English. */
  title: string;
  /** The parameter that holds a URL to be called, if any. */
  url_parameter?: string | null;
};

/** The app that a module is of. */
export type ModuleApp = {
  /** The colour of its discs, `#rrggbb`; white on it is read well. */
  color: string;
  /** What people call it, by language. */
  i18n: Record<string, string>;
  /** The name of its icon. */
  icon: string;
  /** What its modules' names begin with; `flow` and `trigger` are the language's own. */
  name: string;
  /** What people call it. */
  title: string;
};

/** Whether it is done, leads through what is done, or starts it. */
export type ModuleKind = 'module' | 'flow' | 'trigger';

/** What a parameter, or one of its values, is called. */
export type ModuleTerm = {
  /** What it is for; missing where its schema says it. */
  description?: string;
  /** Its name. */
  title: string;
};

/** What something is called in one language. */
export type ModuleWords = {
  /** Its parameters, by the path of names (`batch.size`). `response=file` is one of the values of `response`, and `verify.*.secret` is meant of all presets of `verify`. */
  parameters?: Record<string, ModuleTerm>;
  /** What it does, in one sentence; missing where `summary` says it. */
  summary?: string;
  /** Its name, short. */
  title: string;
};

/** Every module that a step can use, every flow step, and every trigger. */
export type Modules = {
  /** The modules by name, then flow steps in the order of the reference, then triggers. */
  items: Module[];
};

/** A new bin. */
export type NewBin = {
  /** Its path below `/hook/`; left out: one that nobody can guess. */
  path?: string | null;
};

/** A new scenario. */
export type NewScenario = {
  /** Its id: 1 to 100 letters, digits, `-`, `_` or `.`, not starting with a dot. */
  id: string;
  /** Its text. */
  text: string;
};

/** A token to be made. */
export type NewToken = {
  /** What it is for: one line. */
  name: string;
};

/** A scenario's text. */
export type NextRequest = {
  /** The text. */
  text: string;
};

/** What is to come of a scenario's schedules. */
export type NextResult = {
  /** Its schedules, in the order of its triggers. */
  schedules: Outlook[];
};

/** A schedule and what is to come of it. */
export type Outlook = {
  /** The column of the trigger, from 1. */
  column: number;
  /** The line of the trigger, from 1. */
  line: number;
  /** The next ten times at which it is due, by that clock, with its offset (RFC 3339); fewer where there are no more. */
  next: string[];
  /** The IANA zone by whose clock it goes. */
  timezone: string;
  /** What the schedule means, in words, by language: `en`, `zh-TW` and `zh-CN`. */
  words: Record<string, string>;
};

/** A new password. */
export type PasswordChange = {
  /** The password as it was. Not asked of a session that the printed link opened: so a forgotten one is replaced. */
  current?: string;
  /** The password from now on: 12 characters at least. */
  password: string;
};

/** A position in a text, counted from 1 in lines and in characters. */
export type Place = {
  /** Character within the line, from 1. */
  column: number;
  /** Line, from 1. */
  line: number;
};

/** A problem document (RFC 9457). */
export type Problem = {
  /** What went wrong, for programs: snake_case, stable. */
  code: string;
  /** What went wrong, for people. */
  detail: string;
  /** What is wrong with a scenario's text. */
  diagnostics?: Diagnostic[];
  /** What is wrong with the input of a run. */
  reasons?: Reason[];
  /** The HTTP status. */
  status: number;
  /** The status in words. */
  title: string;
  /** `about:blank`: the status and the code say what kind of problem it is. */
  type: string;
};

/** What a purge has done. */
export type Purged = {
  /** How many runs were cancelled. */
  cancelled: number;
};

/** How the runs of a scenario stand. */
export type Queue = {
  /** How many were not begun, as `on_full: drop` says, since the server was started. */
  dropped: number;
  /** Whether nothing waits and nothing is under way. */
  empty: boolean;
  /** Since when the first of those that wait has waited, in milliseconds since 1970; null where none waits. */
  oldest?: number | null;
  /** How many began or went on lately after they had waited, per second. */
  rate: number;
  /** How many are under way: where runs take turns those that have theirs, else those that are worked on right now. */
  running: number;
  /** The scenario's id. */
  scenario: string;
  /** Whether runs are taken in, and begin. */
  state: QueueState;
  /** How many wait for their turn or for a slot. */
  waiting: number;
};

/** What a queue does with runs. */
export type QueueState = 'open' | 'paused' | 'draining';

/** The queues of all scenarios. */
export type Queues = {
  /** One for each scenario, by id. */
  items: Queue[];
};

/** What is wrong with one value of an input. */
export type Reason = {
  /** What. */
  message: string;
  /** Where: a JSON Pointer (RFC 6901). */
  path: string;
};

/** Where a replay begins, and with which version. */
export type ReplayHow = {
  /** The step to begin with, by its id or its label; the beginning unless given. */
  from?: string | null;
  /** Begin with the step that the run failed at. */
  from_failure?: boolean;
  /** Its turn of each loop around it, outermost first, from 0; the first in which it was reached unless given. */
  turns?: number[] | null;
  /** With which version of the scenario. */
  version?: ReplayVersion;
};

/** Which version of a scenario. */
export type ReplayVersion = 'same' | 'current';

/** What was answered. */
export type Response = Content & {
  /** Names and values, in order. */
  headers: string[][];
  /** The HTTP status. */
  status: number;
};

/** What becomes of a held step. */
export type ResumeAction = 'retry' | 'use' | 'fail';

/** A run. */
export type Run = {
  /** When it last changed, in milliseconds since 1970. */
  changed: number;
  /** When it was created, in milliseconds since 1970. */
  created: number;
  error?: RunError | null;
  /** Its id. */
  id: string;
  input?: RunInput | null;
  keys?: RunKeys | null;
  recognised?: RunDelivery | null;
  repeats?: RunRepeats | null;
  /** The run that it does again, if it is a replay. */
  replay_of?: string | null;
  response?: Response | null;
  /** Of which scenario. */
  scenario: string;
  /** How it stands. */
  status: RunStatus;
  /** What its steps did, in the order in which they began. */
  steps: Step[];
  /** It tries a text that takes no runs of its own. */
  trial?: boolean;
  /** Of which version of it. */
  version?: string | null;
};

/** What the delivery of a run was recognised as. */
export type RunDelivery = {
  /** How many items the request carries. */
  count?: number | null;
  /** What it tells of, in the sender's words. */
  event?: string | null;
  /** What the sender calls it, in all its attempts. */
  id?: string | null;
  /** Which item of the request it is, where each starts a run: its place, from 0. */
  index?: number | null;
  /** The preset by which its sender was known. */
  provider?: string | null;
};

/** Why something failed. */
export type RunError = {
  /** For programs: `http_status`, `timeout`, `expression`… */
  code: string;
  /** What to try. */
  hint?: string | null;
  /** For people. */
  message: string;
  /** The far side's HTTP status. */
  status?: number | null;
};

/** Which runs, newest first. */
export type RunFilter = {
  /** Created before this run. */
  before?: string | null;
  /** How many, 1 to 1000; 100 unless given. */
  limit?: number | null;
  /** Of this scenario. */
  scenario: string;
  /** Created at this time or later, in milliseconds since 1970. */
  since?: number | null;
  status?: RunStatus | null;
  /** With this text in what they were given, sent, or gave. */
  text?: string | null;
  /** Created before this time, in milliseconds since 1970. */
  until?: number | null;
};

/** What started a run. */
export type RunInput = {
  /** `trigger.body`. */
  body: unknown;
  /** The request's headers: names and values, in order. */
  headers?: string[][] | null;
  /** The request's method. */
  method?: string | null;
  /** The request's path below `/hook/`. */
  path?: string | null;
  /** The request's query: names and values, in order. */
  query?: string[][] | null;
  /** Which kind of trigger. */
  source: RunSource;
};

/** The keys of a run. */
export type RunKeys = {
  /** The value of `dedupe`: a delivery with the same is a repeat. */
  dedupe?: string | null;
  dedupe_error?: RunError | null;
  /** The value of `limits.concurrency.key`: runs with the same wait for each other. */
  line?: string | null;
  line_error?: RunError | null;
};

/** Where a run is moved. */
export type RunMove = {
  /** Only look whether it fits. */
  check?: boolean;
  /** The version, by digest; the current one unless given. */
  version?: string | null;
};

/** Whether a run was moved. */
export type RunMoved = {
  /** The steps that do not fit it; none where the run is moved, or could be. */
  misfits: Misfits;
  /** Whether it goes on under the version. */
  moved: boolean;
};

/** The repeats of a run's delivery. */
export type RunRepeats = {
  /** How many came. */
  count: number;
  /** When the last one came, in milliseconds since 1970. */
  last: number;
};

/** How a run is done again. */
export type RunReplay = ReplayHow & {
  /** What it gets as `trigger.body` instead; it may be null. What lies before `from` is as it was. */
  input?: unknown;
};

/** The new run. */
export type RunReplayed = {
  /** Its id. */
  run: string;
};

/** What became of the run. */
export type RunResult = {
  /** It goes on, or is over without an answer. */
  accepted?: boolean | null;
  /** It failed before it answered. */
  failed?: boolean | null;
  response?: Response | null;
  /** The run's id. */
  run: string;
};

/** How a held step goes on. */
export type RunResume = {
  /** What becomes of it; `retry` unless given. */
  action?: ResumeAction;
  /** With `use`: what the step gives. */
  output?: unknown;
  /** Which step, by its id or its label; may be left out while one alone is held. */
  step?: string | null;
  /** Which turn of each loop around it, outermost first, from 0; may be left out while it is held in one alone. */
  turns?: number[] | null;
};

/** The step that goes on. */
export type RunResumed = {
  /** Its id, else its label. */
  step: string;
  /** Which turn of each loop around it. */
  turns: number[];
};

/** What the expressions of a run's steps could see. */
export type RunScope = {
  /** What loops work on in their first turn, by their variables. */
  loops: Record<string, unknown>;
  /** What steps gave, by their ids; in loops, in the last turn that came to them. */
  steps: Record<string, unknown>;
  /** `trigger`, with all of its fields. */
  trigger: unknown;
  /** `vars`. */
  vars: unknown;
};

/** What kind of trigger started a run. */
export type RunSource = 'webhook' | 'schedule' | 'manual' | 'call' | 'failure' | 'mail' | 'poll';

/** How a run stands or ended. */
export type RunStatus = 'running' | 'waiting' | 'succeeded' | 'stopped' | 'failed' | 'cancelled' | 'held';

/** A run in short. */
export type RunSummary = {
  /** When it last changed, in milliseconds since 1970. */
  changed: number;
  /** When it was created, in milliseconds since 1970. */
  created: number;
  /** Its id. */
  id: string;
  /** Of which scenario. */
  scenario: string;
  /** How it stands. */
  status: RunStatus;
};

/** A page of runs. */
export type Runs = {
  /** The runs, newest first. */
  items: RunSummary[];
  /** The `before` of the next page; null on the last. */
  next?: string | null;
};

/** Which runs are done again, and how. */
export type RunsReplay = ReplayHow & {
  /** Which runs. */
  filter: RunFilter;
};

/** What became of each run. */
export type RunsReplayed = {
  /** The runs, newest first. */
  items: RunsReplayedItem[];
  /** The `before` of the next page; null on the last. */
  next?: string | null;
};

/** What became of one run. */
export type RunsReplayedItem = {
  /** Why there is none. */
  error?: string | null;
  /** The run that was there before. */
  of: string;
  /** The new run. */
  run?: string | null;
};

/** A scenario. */
export type Scenario = {
  /** What it is for. */
  description: string;
  /** What is wrong with its text. While it has errors, the last good version takes the runs, if there was one. */
  diagnostics: Diagnostic[];
  /** Whether its triggers start runs. */
  enabled: boolean;
  /** Its id: the file's name without `.yaml`. */
  id: string;
  last_run?: LastRun | null;
  /** What to call it. */
  name: string;
  /** The file it is kept in. */
  source: string;
  /** What starts it. */
  triggers: Trigger[];
  /** Digest of its text. */
  version: string;
};

/** A scenario's text. */
export type ScenarioChange = {
  /** The revision of the draft that is published by this, and is no draft any more; one with the same text is none, either. */
  draft?: number | null;
  /** The text. */
  text: string;
  /** The version it builds upon; left out: whatever is there. */
  version?: string | null;
};

/** A scenario that is not kept yet. */
export type ScenarioDraft = {
  /** An id that no scenario has. */
  id: string;
  /** Its text. */
  text: string;
};

/** A scenario and its text. */
export type ScenarioText = Scenario & {
  /** The text as it is now, valid or not. */
  text: string;
};

/** All scenarios. */
export type Scenarios = {
  /** The scenarios, by id. */
  items: Scenario[];
};

/** A secret, without its value. */
export type Secret = {
  changed?: i64 | null;
  /** Its name: expressions read it as `secrets.NAME`. */
  name: string;
  /** Why it cannot be used. */
  reason?: string | null;
  /** Who made it. */
  source: CredentialSource;
  /** The scenarios whose texts name it. */
  used_by: string[];
};

/** A value to keep. */
export type SecretChange = {
  /** The value: 4 characters at least. It is not shown again. */
  value: string;
};

/** The names of all secrets. */
export type Secrets = {
  /** By name. */
  items: Secret[];
};

/** Who is asking. */
export type Session = {
  /** The user's name, as runs record it. */
  user: string;
  /** By what they are known. */
  via: Via;
};

/** Whether somebody is to be made administrator. */
export type Setup = {
  /** There is an administrator with a password. */
  done: boolean;
};

/** Who is to be the administrator. */
export type SetupRequest = {
  /** The code of the login link that the server printed: what stands behind `/login/`. Not asked of who is logged in. */
  code?: string;
  /** Their name. */
  name: string;
  /** Their password: 12 characters at least. */
  password: string;
};

/** How much a diagnostic matters. */
export type Severity = 'error' | 'warning';

/** What a step did in one turn of the loops around it. */
export type Step = {
  answered?: StepAnswered | null;
  /** How often it was tried. */
  attempts: number;
  /** The run it called. */
  child?: string | null;
  /** What a filter compared: both sides with their types, and how it came out. */
  comparisons?: Comparison[];
  /** It was done by the run that this one does again, not by this one, or was given to a trial. */
  copied?: boolean;
  /** When it ended, in milliseconds since 1970. */
  ended?: number | null;
  error?: RunError | null;
  /** Its attempts that failed and were to be followed by another, in order. */
  failures?: StepFailedAttempt[];
  /** The name by which expressions refer to it. */
  id?: string | null;
  /** Attempts of which it is not known whether they were made: the process ended while they were in flight. */
  in_doubt?: StepInDoubt[];
  /** What to call it. */
  label: string;
  /** What it uses. */
  module: string;
  /** What it gave. */
  output?: unknown;
  /** It was not done: what it gave was pinned for this trial. */
  pinned?: boolean;
  /** Who resumed it after it was held. */
  released_by?: string | null;
  /** The link by which it is answered, while it waits for that. Whoever has it may answer. */
  resume_url?: string | null;
  /** Whether the call was only written down, not made. */
  sandbox: boolean;
  /** What was sent, secrets masked. */
  sent?: unknown;
  /** When it began, in milliseconds since 1970. */
  started?: number | null;
  /** How it stands or ended. */
  status: StepStatus;
  /** Its number in the scenario, from 0 in the order of the text. */
  step: number;
  /** Which turn of each loop around it, outermost first, from 0. */
  turns: number[];
  /** Until when it waits, in milliseconds since 1970. */
  until?: number | null;
};

/** An answer that a step waited for. */
export type StepAnswered = {
  /** When, in milliseconds since 1970. */
  at: number;
  /** Which user; none where it was somebody with the link. */
  by?: string | null;
};

/** An attempt that failed and was to be followed by another. */
export type StepFailedAttempt = {
  /** Which attempt, from 1. */
  attempt: number;
  /** When it had failed, in milliseconds since 1970. */
  ended: number;
  /** Why it failed. */
  error: RunError;
  /** When the next attempt was due, in milliseconds since 1970. */
  next: number;
  /** When it began, in milliseconds since 1970. */
  started: number;
};

/** An attempt of which it is not known whether it was made. */
export type StepInDoubt = {
  /** Which attempt, from 1. */
  attempt: number;
  /** When the run was taken up again, in milliseconds since 1970. */
  noticed: number;
  /** When it was about to be made, in milliseconds since 1970. */
  started: number;
};

/** How a step stands or ended. */
export type StepStatus = 'running' | 'retrying' | 'done' | 'failed' | 'recovered' | 'skipped' | 'filtered' | 'waiting' | 'held' | 'cancelled';

/** A data store in short. */
export type Store = {
  /** The names of its columns; none where its records may hold anything. */
  columns: string[];
  /** Whether it has more records than were counted. */
  more: boolean;
  /** Its name. */
  name: string;
  /** How many records it has; counting ends at 10,000. */
  records: number;
};

/** A column of a data store. */
export type StoreColumn = {
  /** What a record without it gets. */
  default?: unknown;
  /** What it is about, for people. */
  description?: string;
  /** The name of the field, 1 to 64 characters. */
  name: string;
  /** Whether no record may be without it. */
  required?: boolean;
  /** What it holds, beside null. */
  type: StoreColumnType;
};

/** What a column holds. */
export type StoreColumnType = 'text' | 'number' | 'flag' | 'time' | 'json';

/** The columns of a data store. */
export type StoreColumns = {
  /** The columns, in order. */
  columns: StoreColumn[];
  /** What becomes of fields that are no columns. */
  others: StoreOtherFields;
  /** Grows with each change of the columns. */
  revision: number;
};

/** Columns for a data store. */
export type StoreColumnsChange = {
  /** The columns, 1 to 200, in order. */
  columns: StoreColumn[];
  /** What becomes of fields that are no columns; left out: the record is refused. */
  others?: StoreOtherFields;
  /** The revision that the change builds upon, 0 where there were no columns; left out: whatever is there. */
  revision?: number | null;
};

/** What came of a file. */
export type StoreImport = {
  /** Whether nothing was written in truth. */
  dry_run: boolean;
  /** The first hundred that were refused. */
  lines: StoreImportLine[];
  /** How many lines have a record, or should have. */
  read: number;
  /** How many were refused. */
  refused: number;
  /** How many were left alone, as their record is there already. */
  skipped: number;
  /** How many were written. */
  written: number;
};

/** A line that was refused. */
export type StoreImportLine = {
  /** The key, where it has one. */
  key?: string | null;
  /** Which, from 1. */
  line: number;
  /** Why. */
  message: string;
};

/** What becomes of fields that are no columns. */
export type StoreOtherFields = 'refuse' | 'keep';

/** A record of a data store. */
export type StoreRecord = {
  /** When it was last changed, in milliseconds since 1970. */
  changed: number;
  /** When it expires, in milliseconds since 1970; null: never. */
  expires?: number | null;
  /** Its key. */
  key: string;
  /** Grows with each change of the record. */
  revision: number;
  /** What it holds. */
  value: unknown;
};

/** A value to keep. */
export type StoreRecordChange = {
  /** The revision that the change builds upon, 0 for a new record; left out: whatever is there. */
  revision?: number | null;
  /** How long the record lives, in seconds; left out: until it is deleted. */
  ttl?: number | null;
  /** The value, 1 MiB of JSON at most. */
  value: unknown;
};

/** A page of records. */
export type StoreRecords = {
  /** The records, by key. */
  items: StoreRecord[];
  /** The `after` of the next page; null on the last. */
  next?: string | null;
};

/** All data stores. */
export type Stores = {
  /** The stores, by name. */
  items: Store[];
};

/** A scenario that is there to begin with. */
export type Template = {
  /** What it is for, in English. */
  description: string;
  /** Name and description, by language. */
  i18n: Record<string, TemplateWords>;
  /** What its scenario is called unless people say otherwise. */
  id: string;
  /** What it is made of, in the order of the text: triggers and modules. */
  modules: string[];
  /** Its name for people, in English. */
  name: string;
  /** The scenario, YAML. */
  text: string;
};

/** A template's name and description in one language. */
export type TemplateWords = {
  /** What it is for. */
  description: string;
  /** Its name. */
  name: string;
};

/** Every template. */
export type Templates = {
  /** The templates, by id. */
  items: Template[];
};

/** A token, without its text. */
export type Token = {
  /** When it was made. */
  created: i64;
  /** By which it is deleted. */
  id: string;
  last_used?: i64 | null;
  /** What it is for. */
  name: string;
};

/** The tokens that people made. */
export type Tokens = {
  /** The newest first. */
  items: Token[];
};

/** What starts a scenario. */
export type Trigger = {
  kind: 'webhook';
  /** The methods it takes; empty: any. */
  methods: string[];
  /** The path below `/hook/`. */
  path: string;
  /** The whole address. */
  url: string;
} | {
  kind: 'schedule';
  /** When it is due next (RFC 3339); null: never again. */
  next?: string | null;
} | {
  /** The connection to the mailbox. */
  connection: string;
  /** The folder. */
  folder: string;
  kind: 'mail';
  /** When it was last looked into (RFC 3339); null: not since the server was started. */
  looked?: string | null;
} | {
  /** The address. */
  address: string;
  kind: 'mailhook';
  /** Whether the server takes mails in (`--smtp`); else nobody is there whom they would reach. */
  open: boolean;
} | {
  /** When it last answered (RFC 3339); null: not since the server was started. */
  answered?: string | null;
  /** How often it has failed in a row. */
  failures: number;
  kind: 'poll';
  /** Which module is asked. */
  module: string;
  /** When it is asked next (RFC 3339); null: never again, or it is being asked. */
  next?: string | null;
  /** Why, the last time; null while it answers. */
  problem?: string | null;
} | {
  kind: 'manual';
} | {
  kind: 'call';
} | {
  kind: 'failure';
  /** Their ids; `*` stands for any characters; empty: all. */
  scenarios: string[];
};

/** What starts a trial: parts of a request, or what started a run, or a request that was kept. */
export type TryInput = {
  /** `trigger.body`. */
  body?: unknown;
  /** `trigger.headers`. */
  headers?: Record<string, unknown>;
  /** `trigger.method`; `POST` unless given. */
  method?: string | null;
  /** `trigger.params`. */
  params?: Record<string, unknown>;
  /** `trigger.path`. */
  path?: string | null;
  /** `trigger.query`. */
  query?: Record<string, unknown>;
  request?: TryKeptRequest | null;
  /** As this run was started. */
  run?: string | null;
};

/** A request that the inspector keeps. */
export type TryKeptRequest = {
  /** The webhook's path. */
  hook: string;
  /** The request's id. */
  id: string;
};

/** What is tried, and how far. */
export type TryRequest = {
  input?: TryInput | null;
  /** The one step that is run. What those before it gave is taken from `scope`, else from the run that it is started from. */
  only?: string | null;
  /** Steps, named as in `until`, that are not run, and what they give instead. */
  pins?: Record<string, unknown>;
  /** What steps gave that are not run, by their ids; `trigger`, `item` and `vars`. */
  scope?: Record<string, unknown>;
  /** The text. */
  text: string;
  /** The step after which it ends, by its id, its label, or its number in the order of the text (`#0`). */
  until?: string | null;
};

/** The run. */
export type TryResult = {
  /** Its id. */
  run: string;
};

/** One version. */
export type Version = {
  /** When it came to be, in milliseconds since 1970; left out where that is not known. */
  created?: number | null;
  /** Whether new runs are of this version. */
  current: boolean;
  /** Whether it was only ever tried as a draft. */
  trial: boolean;
  /** Digest of its text. */
  version: string;
};

/** A version and its text. */
export type VersionText = {
  /** The text. */
  text: string;
  /** Digest of its text. */
  version: string;
};

/** The versions of a scenario that ever took runs. */
export type Versions = {
  /** The versions, newest first; those of which it is not known when they came to be, last. */
  items: Version[];
};

/** By what a caller is known. */
export type Via = 'link' | 'password' | 'token';

/** A webhook that is watched. */
export type WatchedHook = {
  /** How many requests were looked at since the server began: of a flood, the newest hundred of each second. */
  checked: number;
  last?: HookMisfit | null;
  /** How many of them did not fit. */
  misfits: number;
  /** How many requests it was learnt from; 0: it was given. */
  samples: number;
  /** What requests are to be like. */
  schema: unknown;
  /** Since when, in milliseconds since 1970. */
  since: number;
};

/** What is compared. */
export type WhatIf = {
  /** With how many of the last runs that are over, 1 to 1000; 50 unless given. */
  last?: number | null;
  status?: RunStatus | null;
  /** The text; the current one unless given. */
  text?: string | null;
};

/** One thing that would be different. */
export type WhatIfChange = {
  /** The step, with its turns in brackets; `answer` or `end`. */
  at: string;
  /** What of it: `status`, `output.total`, `sent.with.url`…; `call` for one that is made only once, `step` for one that is reached only once. */
  path: string;
  /** What it was; left out where there was nothing. */
  was?: unknown;
  /** What it would be; left out where there would be nothing. */
  would_be?: unknown;
};

/** What would be different. */
export type WhatIfResult = {
  /** How many would not. */
  different: number;
  /** The runs, newest first. */
  items: WhatIfRun[];
  /** How many runs would be the same in all that is known. */
  same: number;
};

/** A run, and what would be different. */
export type WhatIfRun = {
  /** When it was created, in milliseconds since 1970. */
  created: number;
  /** What would be different; empty where nothing would. */
  differences: WhatIfChange[];
  /** The run. */
  run: string;
  /** What is not known, because nobody answered it then: the comparison ends there. */
  unknown?: string | null;
};

export type i64 = number;

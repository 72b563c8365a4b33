// Holds the types that pages use against those of the document: a field that the server does not have fails the check of
// types here. It has no code.
import type * as hooks from './hook-types';
import type * as made from './schema';
import type * as used from './types';

/** The fields that only the pages know; must be none. */
type Unknown<Used, Made> = Exclude<keyof Used, keyof Made>;

type None<Names extends never> = Names;

/** One line for each type. */
export type Agreed = [
  None<Unknown<used.Diagnostic, made.Diagnostic>>,
  None<Unknown<used.Scenario, made.Scenario>>,
  None<Unknown<used.RunSummary, made.RunSummary>>,
  None<Unknown<used.Run, made.Run>>,
  None<Unknown<used.RunError, made.RunError>>,
  None<Unknown<used.Step, made.Step>>,
  None<Unknown<used.FailedAttempt, made.StepFailedAttempt>>,
  None<Exclude<made.RunStatus, (typeof used.runStatuses)[number]>>,
  None<Unknown<hooks.Hook, made.Hook>>,
  None<Unknown<hooks.RequestLine, made.HookRequestSummary>>,
  None<Unknown<hooks.WholeRequest, made.HookRequest>>,
  None<Exclude<made.HookVerdict, (typeof hooks.verdicts)[number]>>,
];

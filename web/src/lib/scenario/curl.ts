// A line to try a webhook with.
import type { Scenario, Trigger } from '../api/types';

type Webhook = Extract<Trigger, { kind: 'webhook' }>;

/** The line for the first webhook of the first scenario that would answer; none where none would. */
export function firstCurl(scenarios: Scenario[]): string | undefined {
  const usable = scenarios.filter((scenario) => scenario.enabled);
  const webhook = usable.flatMap((scenario) => scenario.triggers).find((trigger) => trigger.kind === 'webhook');
  return webhook && curl(webhook);
}

/** A call that a webhook takes: with an empty JSON object where it takes POST, else plain. */
export function curl({ url, methods }: Webhook): string {
  const method = methods?.find((name) => name === 'POST') ?? methods?.[0] ?? 'POST';
  const quoted = `'${url.replaceAll("'", `'\\''`)}'`;
  if (method === 'GET') return `curl ${quoted}`;
  if (method === 'POST') return `curl -d '{}' -H 'content-type: application/json' ${quoted}`;
  return `curl -X ${method} -d '{}' -H 'content-type: application/json' ${quoted}`;
}

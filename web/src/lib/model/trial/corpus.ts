// Texts that edits are tried on: the shipped scenarios, and small ones written as oddly as YAML allows.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHIPPED = fileURLToPath(new URL('../../../../../scenarios/', import.meta.url));

export function shipped(): string[] {
  const names = readdirSync(SHIPPED).filter((name) => name.endsWith('.yaml') && !/^(connections|secrets)/.test(name));
  return names.map((name) => readFileSync(SHIPPED + name, 'utf8'));
}

/** 300 steps and more, as a large scenario has them. */
export function large(count: number): string {
  const step = (number: number) => `  # what ${number} is for
  - id: step_${number}
    name: Step ${number} 步驟
    when: trigger.body.total > ${number}
    http.request:
      method: POST
      url: "https://example.com/orders/{{ trigger.body.order }}/${number}"
      headers: { accept: application/json, x-number: "${number}" }
      json: { total: "{{ trigger.body.total * ${number} }}", before: "{{ step_${Math.max(0, number - 1)}?.body }}" }
    retry: { attempts: 3, backoff: 2s }
`;
  return `name: Large\ntrigger:\n  webhook:\n    path: large\n\nsteps:\n${Array.from({ length: count }, (_, number) => step(number)).join('\n')}`;
}

export const ODD: string[] = [
  '',
  '# nothing yet\n',
  'name: A',
  'name: A\nsteps:\n',
  'steps: []\nname: behind # the name\n',
  'steps: # soon\n\n# the end\n',
  'trigger: { webhook: { path: a } }\nsteps: [{ set: 1 }, { id: b, set: "{{ trigger }}" }] # all\n',
  'steps:\n- id: a # A\n  set: 1\n- set: "{{ a }}" # B\n\n# detached\n\n# of c\n- id: c\n  note: |\n    line # not a comment\n\n    - not a step\n  set: x\n',
  'steps:\n  - set: |\n      a\n       b\n\n\n  -   id: wide\n      set: >-\n        folded\n        text\n      note: n\n  - set: |2\n        deep\n',
  'steps:\r\n  - id: a\r\n    set: 1 # c\r\n\r\n  # über b\r\n  - set: "{{ a }}"\r\n    retry:\r\n      attempts: 2\r\n',
  'name: 訂單\nsteps:\n  - id: 甲\n    name: "讀取：訂單"\n    set: { 金額: 1, "a: b": [x, y] }\n    # 註解\n    note: 說明\n',
  'base: &base { attempts: 2 }\nsteps:\n  - id: a\n    set: 1\n    retry: *base\n  - set: 2\n    retry:\n      <<: *base\n      backoff: 2s\n',
  'steps:\n  -\n    id: below\n    set: 1\n  - # why\n    set: 2\n  - set:\n      - 1\n      - a: 1\n        b: 2\n      -\n        - c\n',
  'steps:\n  - route:\n      - name: big\n        when: trigger.a > 1\n        steps:\n          # first\n          - id: x\n            set: 1\n          - set: "{{ x }}"\n      - otherwise: []\n  - route:\n      take: first\n      branches:\n        - when: trigger.b\n          steps: [{ set: 1 }]\n      otherwise:\n        - fail: no\n    on_error:\n      steps:\n        - stop:\n',
  'steps:\n  - parallel:\n      left:\n        - set: 1\n      right: []\n  - for_each:\n      in: trigger.list\n      as: row\n      steps:\n      - set: "{{ row }}"\n      collect: "{{ row }}"\n  - repeat: { times: 2, steps: [] }\non_failure:\n  - set: error.message\ntests:\n  - name: t\n    mock: { a: 1 }\n',
  '"steps":\n  - "id": q\n    \'set\': \'it\'\'s\'\n  - set: "a\n      b"\n  - set: plain\n      goes on\n    note: x',
  '---\nname: marked\nsteps:\n  - set: 1\n...\n',
  'trigger:\n  # the hook\n  webhook:\n    path: p # path\n  # behind\nsteps:\n  - respond:\n      json:\n        a: 1\n\n        # why b\n        b: "{{ trigger.b }}"\n',
];

/** Broken, half written or hostile: to be read without failing, and marked. */
export const BROKEN: string[] = [
  'a: [', 'a: {b', '"', "'", 'a: "', 'steps:\n\t- a', '- a\nb: c', 'a: b: c', 'a: *x', '&a &b c', 'x: &x [*x]', '%', '@', '`', ':', '? ', '- - -', '|', '>',
  'a: 1\na: 2', '\u0000', '\ufeffname: A', '---\n---\n', 'steps:\n  - {', '{{ a }}', 'steps: {{ a }}', '!!map', 'a: !x', '__proto__: 1', 'steps:\n - __proto__: { a: 1 }\n',
];

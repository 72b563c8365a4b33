// What code of n8n finds around it: the items, and the outputs of other nodes. It gives a function of the code, which
// gives the text of the result as JSON.
(given, code) => {
  const isObject = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
  const item = (value, place) => ({ json: value ?? {}, binary: {}, pairedItem: { item: place } });
  const listed = (values) => (Array.isArray(values) ? values : values == null ? [] : [values]).map(item);

  const view = (items, current) => ({
    item: items[Math.min(current, items.length - 1)],
    first: () => items[0],
    last: () => items[items.length - 1],
    all: () => items,
    itemMatching: (place) => items[place],
    params: {},
    context: {},
    isExecuted: items.length > 0,
  });

  const names = new Map(Object.entries(given.nodes ?? {}).map(([name, values]) => [name, listed(values)]));
  const node = (name) => {
    if (!names.has(name)) throw new Error(`the step does not give the output of "${name}": name it in \`nodes\``);
    return names.get(name);
  };
  const input = listed(given.items);

  const absent = (what, instead) => () => {
    throw new Error(`${what} does not exist here: ${instead}`);
  };

  const around = (current) => {
    const inputItem = input[current];
    const byName = (at) =>
      new Proxy({}, {
        get: (_, name) => {
          const items = node(name);
          const json = items[Math.min(at, items.length - 1)]?.json;
          return { json, data: json, binary: {}, parameter: {}, context: {} };
        },
      });
    return {
      items: input,
      item: inputItem?.json,
      $input: view(input, current),
      $json: inputItem?.json ?? {},
      $data: inputItem?.json ?? {},
      $binary: {},
      $: (name) => view(node(name), current),
      $node: byName(current),
      $items: (name) => (name === undefined ? input : node(name)),
      $item: (at) => ({ $node: byName(at), $json: input[at]?.json }),
      $itemIndex: current,
      $runIndex: 0,
      $workflow: given.workflow ?? {},
      $execution: given.execution ?? {},
      $env: given.env ?? {},
      $vars: given.vars ?? {},
      $getWorkflowStaticData: absent('$getWorkflowStaticData', 'keep the values in a data store'),
      getWorkflowStaticData: absent('getWorkflowStaticData', 'keep the values in a data store'),
      require: absent('require', 'there are no packages'),
      fetch: absent('fetch', 'make the call in a step http.request'),
      $helpers: new Proxy({}, { get: () => absent('$helpers', 'make the call in a step http.request') }),
      console: { log() {}, info() {}, warn() {}, error() {}, debug() {} },
      DateTime: globalThis.DateTime,
      $now: globalThis.DateTime.now(),
      $today: globalThis.DateTime.now().startOf('day'),
    };
  };

  const plain = (value) => (isObject(value) && isObject(value.json) ? value.json : value);
  const result = (value) => (Array.isArray(value) ? value.map(plain) : plain(value));
  const text = (value) => JSON.stringify(value === undefined ? null : value);
  const parameters = Object.keys(around(0));
  const call = (current) => code(parameters)(...Object.values(around(current)));

  return (async () => {
    if (given.mode !== 'each') return text(result(await call(0)));
    const results = [];
    for (let current = 0; current < input.length; current += 1) {
      const value = result(await call(current));
      if (Array.isArray(value)) results.push(...value);
      else if (value != null) results.push(value);
    }
    return text(Array.isArray(given.items) ? results : results[0]);
  })();
};

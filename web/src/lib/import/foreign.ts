// Whether a text is what another tool exported, so that pasting it means to import it. A guess that costs nothing: whose it
// really is, the server tells. Pure.

/** What is longer than the server takes is not looked into. */
const longest = 16 << 20;

/** Keys under which APIs hand a file out, and what people copy with it. */
const wrappers = ['blueprint', 'response', 'workflow', 'data', 'workflowData', 'scenario'];

/** Whether the text is a blueprint of Make, a workflow of n8n, an export of Zapier, or flows of Node-RED. */
export function isForeign(text: string): boolean {
  const first = text.trimStart().charAt(0);
  if ((first !== '{' && first !== '[') || text.length > longest) return false;
  try {
    return isKnown(JSON.parse(text), wrappers.length);
  } catch {
    return false;
  }
}

function isKnown(value: unknown, depth: number): boolean {
  if (Array.isArray(value)) return value.some(isNode) || (depth > 0 && value.some((item) => !Array.isArray(item) && isKnown(item, depth - 1)));
  if (typeof value !== 'object' || value === null) return false;
  const { flow, nodes, connections, zaps } = value as Record<string, unknown>;
  if (Array.isArray(flow) || Array.isArray(zaps)) return true;
  if (Array.isArray(nodes) && typeof connections === 'object' && connections !== null) return true;
  return depth > 0 && wrappers.some((key) => isKnown((value as Record<string, unknown>)[key], depth - 1));
}

/** A node of Node-RED: it has an id and a type, and is wired or a tab. */
function isNode(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, wires } = value as Record<string, unknown>;
  return typeof id === 'string' && typeof type === 'string' && (Array.isArray(wires) || type === 'tab');
}

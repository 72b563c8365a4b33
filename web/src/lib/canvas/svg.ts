// The picture as one SVG file, to be put into a document. Pure.
import type { Graph } from '../model/graph';
import type { Layout, Point } from '../model/layout';
import { colours, face } from '../run/face';

const margin = { side: 100, top: 60, bottom: 90 };

export function svgOf(graph: Graph, layout: Layout): string {
  const places = [...layout.nodes.values()];
  const [left, top] = [Math.min(...places.map(({ x }) => x)) - margin.side, Math.min(...places.map(({ y }) => y)) - margin.top];
  const width = Math.max(...places.map(({ x }) => x)) + margin.side - left;
  const height = Math.max(...places.map(({ y }) => y)) + margin.bottom - top;
  const lines = layout.lines.flatMap(({ from, to, branch }) => {
    const [start, end] = [from === null ? undefined : layout.nodes.get(from), to === null ? undefined : layout.nodes.get(to)];
    return start && end ? [lineOf(start, end, branch === 'error')] : [];
  });
  const discs = graph.all.flatMap(({ key, label, module }) => {
    const at = layout.nodes.get(key);
    return at ? [discOf(at, label, module)] : [];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="system-ui, sans-serif" text-anchor="middle">
<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#fff"/>
${[...lines, ...discs].join('\n')}
</svg>
`;
}

function lineOf(start: Point, end: Point, error: boolean): string {
  const [from, to] = [start.x + 32, end.x - 32];
  const bend = Math.max(20, (to - from) / 2);
  const look = error ? 'stroke="#b3261e" stroke-dasharray="6 5"' : 'stroke="#8089a0"';
  return `<path d="M${from} ${start.y}C${from + bend} ${start.y} ${to - bend} ${end.y} ${to} ${end.y}" fill="none" stroke-width="1.5" ${look}/>`;
}

function discOf({ x, y }: Point, label: string, module: string): string {
  const { colour, icon } = face(module);
  const path = `<path d="${icon}" transform="translate(${x - 15} ${y - 15}) scale(1.25)" fill="none" stroke="#fff" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>`;
  const name = `<text x="${x}" y="${y + 54}" font-size="14" font-weight="600" fill="#1d2430">${escaped(label)}</text>`;
  const kind = `<text x="${x}" y="${y + 72}" font-size="12" fill="#5a6475">${escaped(module)}</text>`;
  return `<circle cx="${x}" cy="${y}" r="32" fill="${colours[colour]}"/>${path}${name}${kind}`;
}

/** Text that may stand in XML, cut where it would reach its neighbours. */
function escaped(text: string): string {
  const short = text.length > 24 ? `${text.slice(0, 23)}…` : text;
  return short.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '').replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

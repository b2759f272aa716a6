/** A graph as SVG: coloured by CSS variables (graph-style.ts), each thing that has a face found by its `data-id`. */
import type { MemberPlace } from './card.ts';
import { type Face, facesOf } from './faces.ts';
import type { GraphLayout, PlacedEdge, PlacedNode, Point } from './layout-graph.ts';
import { escapeMarkup, type Markup } from './markup.ts';
import { drawSign, signDefinitions } from './signs.ts';

/** How a graph is drawn. */
export interface DrawOptions {
  /** What the drawing shows, for those who do not see it. */
  readonly label: string;
  /** Whether phases and workers are buttons that a page answers; else the drawing is one picture. */
  readonly isInteractive: boolean;
}

/** The drawing. Give every page one at most: its definitions have fixed ids. */
export function drawGraph(layout: GraphLayout, options: DrawOptions): Markup {
  const faces = new Map(facesOf(layout).map(face => [face.id, face]));
  const pen: Pen = { options, faceOf: id => faces.get(id) ?? { id, tone: 'unknown', text: '', label: '' } };
  const role = options.isInteractive ? 'group' : 'img';
  const { width, height } = layout;
  return `<svg class="graph" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="${role}" aria-label="${escapeMarkup(options.label)}">
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0.8L7 4L0 7.2z" fill="context-stroke"/></marker>${signDefinitions()}</defs>
${layout.edges.map(edge => drawEdge(edge, pen)).join('\n')}
${layout.nodes.map(node => drawNode(node, pen)).join('\n')}
</svg>`;
}

interface Pen {
  readonly options: DrawOptions;
  readonly faceOf: (id: string) => Face;
}

function drawEdge({ edge, points }: PlacedEdge, { faceOf }: Pen): Markup {
  const { tone } = faceOf(edge.id);
  return `<path class="edge" data-id="${escapeMarkup(edge.id)}" data-tone="${tone}" d="${curve(points)}" marker-end="url(#arrow)"/>`;
}

/** A smooth line: it passes the middles between the points that dagre gives. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (first === undefined || last === undefined) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    return `Q${at(point)} ${at({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 })}`;
  });
  return `M${at(first)} ${bends.join(' ')} L${at(last)}`;
}

function drawNode(placed: PlacedNode, pen: Pen): Markup {
  const { x, y, width, height, node } = placed;
  const face = pen.faceOf(node.id);
  if (placed.kind === 'point')
    return `<g class="node point ${node.kind}" transform="translate(${at(placed)})" ${attributesOf(face, pen)}>${hover(face)}<rect class="card" width="${width}" height="${height}" rx="${height / 2}"/>${drawSign(face.tone, 10, 7, 14)}<text class="text" x="30" y="18">${escapeMarkup(face.text)}</text></g>`;
  const { card } = placed;
  const members = card.members.map(place => drawMember(place, card.arrangement, pen)).join('');
  return `<g class="phase-group" transform="translate(${x} ${y})"><g class="node phase" ${attributesOf(face, pen)}>${hover(face)}<rect class="card" width="${width}" height="${height}" rx="6"/>${drawSign(face.tone, width - 28, 11, 16)}<text class="name" x="12" y="23">${escapeMarkup(card.title)}</text><text class="text" x="12" y="39">${escapeMarkup(face.text)}</text></g>${drawTalk(placed)}${members}</g>`;
}

function drawMember(place: MemberPlace, arrangement: 'rows' | 'cells' | 'circle', pen: Pen): Markup {
  const { width, height, member } = place;
  const face = pen.faceOf(member.id);
  const open = `<g class="node member ${arrangement}" transform="translate(${at(place)})" ${attributesOf(face, pen)}>${hover(face)}`;
  if (arrangement === 'cells') {
    const size = width - 2;
    const sign = size < 12 ? '' : drawSign(face.tone, 3, 3, size - 6);
    return `${open}<rect class="cell" x="0" y="0" width="${size}" height="${size}" rx="2"/>${sign}</g>`;
  }
  const inset = arrangement === 'rows' ? -6 : 0;
  const box = `<rect class="row" x="${inset}" y="1" width="${width - 2 * inset}" height="${height - 2}" rx="4"/>`;
  const model =
    arrangement === 'rows'
      ? `<text class="text" x="${width}" y="16" text-anchor="end">${escapeMarkup(face.text)}</text>`
      : '';
  const signX = arrangement === 'rows' ? 0 : 5;
  return `${open}${box}${drawSign(face.tone, signX, 6, 12)}<text class="title" x="${signX + 18}" y="16">${escapeMarkup(place.title)}</text>${model}</g>`;
}

/** The ways of messages in a phase whose members talk. */
function drawTalk({ node, card }: Extract<PlacedNode, { kind: 'phase' }>): Markup {
  if (card.arrangement !== 'circle') return '';
  const centers = card.members.map(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }));
  const pairs = pairsOf(node.topology, centers.length);
  return pairs
    .map(([from, to]) => {
      const start = centers[from];
      const end = centers[to];
      return start && end ? `<path class="talk" d="M${at(start)} L${at(end)}"/>` : '';
    })
    .join('');
}

function pairsOf(topology: string, count: number): readonly (readonly [number, number])[] {
  const all = Array.from({ length: count }, (_, index) => index);
  switch (topology) {
    case 'ring':
      return count < 2 ? [] : all.map(index => [index, (index + 1) % count] as const);
    case 'star':
      return all.slice(1).map(index => [0, index] as const);
    case 'mesh':
      return all.flatMap(from => all.slice(from + 1).map(to => [from, to] as const));
    default:
      return [];
  }
}

function attributesOf(face: Face, { options }: Pen): Markup {
  const base = `data-id="${escapeMarkup(face.id)}" data-tone="${face.tone}"`;
  return options.isInteractive
    ? `${base} role="button" tabindex="-1" aria-label="${escapeMarkup(face.label)}"`
    : base;
}

function hover(face: Face): Markup {
  return `<title>${escapeMarkup(face.label)}</title>`;
}

function at({ x, y }: Point): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

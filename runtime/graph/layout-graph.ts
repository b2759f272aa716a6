/** Where the nodes and arrows of a graph stand, by dagre's layered layout. Sizes do not depend on states. */
import { Graph, layout } from '@dagrejs/dagre';
import { type Card, cardOf } from './card.ts';
import { widthOf } from './measure.ts';
import type { PointNode } from './points.ts';
import type { GraphEdge, PhaseNode, RunGraph } from './run-graph.ts';

/** A point of a drawing, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A phase or a point of the run, placed; `x` and `y` are its upper left corner. */
export type PlacedNode =
  | (Box & { readonly kind: 'phase'; readonly node: PhaseNode; readonly card: Card })
  | (Box & { readonly kind: 'point'; readonly node: PointNode });

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** An arrow, from point to point. */
export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
}

/** A graph with places. */
export interface GraphLayout {
  readonly graph: RunGraph;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Where the run goes: `down` fits beside a file, `right` fits a page. */
export type Direction = 'down' | 'right';

const MARGIN = 12;
const POINT_HEIGHT = 28;

/** Lays a graph out. */
export function layoutGraph(graph: RunGraph, direction: Direction): GraphLayout {
  const dagre = new Graph();
  dagre.setGraph({
    rankdir: direction === 'down' ? 'TB' : 'LR',
    nodesep: 24,
    ranksep: 36,
    marginx: MARGIN,
    marginy: MARGIN,
  });
  dagre.setDefaultEdgeLabel(() => ({}));
  const sizes = graph.nodes.map(node => sized(node));
  for (const { node, width, height } of sizes) dagre.setNode(node.id, { width, height });
  for (const { from, to } of graph.edges) dagre.setEdge(from, to);
  layout(dagre);
  const nodes = sizes.map((size): PlacedNode => {
    const center = dagre.node(size.node.id);
    const corner = { x: (center.x ?? 0) - size.width / 2, y: (center.y ?? 0) - size.height / 2 };
    return { ...size, ...corner };
  });
  const edges = graph.edges.map(edge => ({ edge, points: dagre.edge(edge.from, edge.to).points ?? [] }));
  const { width = 0, height = 0 } = dagre.graph();
  return { graph, width: Math.ceil(width), height: Math.ceil(height), nodes, edges };
}

type Sized =
  | {
      readonly kind: 'phase';
      readonly node: PhaseNode;
      readonly card: Card;
      readonly width: number;
      readonly height: number;
    }
  | { readonly kind: 'point'; readonly node: PointNode; readonly width: number; readonly height: number };

function sized(node: PhaseNode | PointNode): Sized {
  if (node.kind !== 'phase')
    return { kind: 'point', node, width: Math.round(widthOf(node.title) + 48), height: POINT_HEIGHT };
  const card = cardOf(node);
  return { kind: 'phase', node, card, width: card.width, height: card.height };
}

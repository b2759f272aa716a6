/**
 * What of a drawn graph changes while a run goes on: colours, signs and a line of text, never sizes. A live view draws
 * the graph once and then repaints only the faces that differ.
 */
import * as l10n from '@vscode/l10n';
import type { GraphLayout, PlacedNode } from './layout-graph.ts';
import type { Look, Tone } from './look.ts';
import { ellipsis } from './measure.ts';
import type { GraphMember, PhaseNode, RunGraph } from './run-graph.ts';

/** The face of a node, a member or an arrow. */
export interface Face {
  readonly id: string;
  readonly tone: Tone;
  /** Its line of text as it fits; empty where it has none. */
  readonly text: string;
  /** All of it in words, for hovers and screen readers. */
  readonly label: string;
}

/** All faces of a graph. Ids are unique. */
export function facesOf(layout: GraphLayout): readonly Face[] {
  return [...layout.nodes.flatMap(nodeFaces), ...layout.graph.edges.map(edgeFace)];
}

/** The faces that look different from before. */
export function changedFaces(before: readonly Face[], after: readonly Face[]): readonly Face[] {
  const old = new Map(before.map(face => [face.id, face]));
  return after.filter(face => {
    const was = old.get(face.id);
    return was?.tone !== face.tone || was.text !== face.text || was.label !== face.label;
  });
}

/** What of a graph decides its layout: two graphs with the same shape are drawn alike but for their faces. */
export function shapeOf(graph: RunGraph): string {
  return JSON.stringify(
    graph.nodes.map(node =>
      node.kind === 'phase'
        ? [node.id, node.facts, node.topology, ...node.members.map(({ id, title }) => [id, title])]
        : [node.id, node.title],
    ),
  );
}

function nodeFaces(placed: PlacedNode): readonly Face[] {
  const { node } = placed;
  if (placed.kind === 'point') {
    const label = sentence(l10n.t('{0} after {1}', placed.node.title, node.phase), node.look);
    const gate = sentence(l10n.t('gate before {0}', node.phase), node.look);
    return [
      {
        id: node.id,
        tone: node.look.tone,
        text: placed.node.title,
        label: node.kind === 'gate' ? gate : label,
      },
    ];
  }
  return [
    phaseFace(placed.node, placed.width),
    ...placed.card.members.map(place => memberFace(place.member, place.model)),
  ];
}

function phaseFace(node: PhaseNode, width: number): Face {
  const { look, facts } = node;
  const isQuiet = look.tone === 'idle';
  const text = isQuiet ? facts : [look.word, look.detail].filter(part => part).join(' · ');
  return {
    id: node.id,
    tone: look.tone,
    text: ellipsis(text, width - 28),
    label: sentence(l10n.t('phase {0}, {1}', node.phase, facts), look),
  };
}

function memberFace(member: GraphMember, model: string): Face {
  const name = member.model === '' ? member.worker : `${member.worker}, ${member.model}`;
  return {
    id: member.id,
    tone: member.look.tone,
    text: model,
    label: sentence(l10n.t('worker {0}', name), member.look),
  };
}

function edgeFace({ id, isOpen }: RunGraph['edges'][number]): Face {
  return { id, tone: isOpen ? 'good' : 'idle', text: '', label: '' };
}

function sentence(what: string, { word, detail }: Look): string {
  return detail === '' ? `${what}: ${word}` : `${what}: ${word}. ${detail}`;
}

/** The same graph in words: a nested list that says all that the drawing shows. */
import * as l10n from '@vscode/l10n';
import { type Face, facesOf } from './faces.ts';
import type { GraphLayout } from './layout-graph.ts';
import { escapeMarkup, type Markup } from './markup.ts';
import type { GraphNode } from './run-graph.ts';

/** A list of the phases, gates and merges in their order, each with what it waits for, and with its workers. */
export function listGraph(layout: GraphLayout): Markup {
  const faces = new Map(facesOf(layout).map(face => [face.id, face]));
  const items = layout.graph.nodes.map(node => {
    // A merge follows its own phase, as its name says.
    const isOfPhase = node.kind === 'merge' || node.kind === 'pick';
    const edges = isOfPhase ? [] : layout.graph.edges.filter(edge => edge.to === node.id);
    const before = edges.map(edge => nameOf(edge.from));
    const after =
      before.length === 0 ? '' : ` <span>${escapeMarkup(l10n.t('after {0}', before.join(', ')))}</span>`;
    return `<li>${line(faces.get(node.id))}${after}${membersOf(node, faces)}</li>`;
  });
  return `<ol class="graph-list">${items.join('\n')}</ol>`;
}

function membersOf(node: GraphNode, faces: ReadonlyMap<string, Face>): Markup {
  if (node.kind !== 'phase') return '';
  return `<ul>${node.members.map(member => `<li>${line(faces.get(member.id))}</li>`).join('')}</ul>`;
}

function line(face: Face | undefined): Markup {
  if (face === undefined) return '';
  return `<span data-label="${escapeMarkup(face.id)}">${escapeMarkup(face.label)}</span>`;
}

/** `phase:look` → `look`; `merge:look` stays, because it is no phase. */
function nameOf(id: string): string {
  return id.startsWith('phase:') ? id.slice('phase:'.length) : id.replace(':', ' ');
}

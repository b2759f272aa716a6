/** Which phases are over before a phase starts (spec §5 `needs`). */

import { ownNode } from './inheritance.ts';
import { member, textsOf } from './json-node.ts';
import type { Outline, PhaseOutline } from './outline.ts';

/** Names of the phases a phase waits for: `needs` as far as it names earlier phases, else all earlier ones. */
export function needsOf(phase: PhaseOutline, outline: Outline): readonly string[] {
  const earlier = outline.phases.filter(other => other.index < phase.index).map(other => other.name);
  const needs = member(ownNode(phase), 'needs');
  if (needs?.kind !== 'array') return earlier;
  return [...new Set(textsOf(needs))].filter(name => earlier.includes(name));
}

/** Names of all phases that are over when a phase starts: what it waits for, and what those waited for. */
export function finishedBefore(phase: PhaseOutline, outline: Outline): ReadonlySet<string> {
  if (member(ownNode(phase), 'needs')?.kind !== 'array') return new Set(needsOf(phase, outline));
  const finished = new Set<string>();
  const byName = new Map(outline.phases.map(other => [other.name, other]));
  const open = [...needsOf(phase, outline)];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (finished.has(name)) continue;
    finished.add(name);
    const other = byName.get(name);
    // Needs point backwards only, so that this ends.
    if (other && other.index < phase.index) open.push(...needsOf(other, outline));
  }
  return finished;
}

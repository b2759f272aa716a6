/** Completion of permissions, each with what it becomes for the CLIs that will have it. */
import { CompletionItemKind } from 'vscode-languageserver';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import { effectiveModel } from '../../../runtime/analysis/inheritance.ts';
import type { PhaseOutline } from '../../../runtime/analysis/outline.ts';
import type { Permission } from '../../../runtime/spec/workflow.ts';
import type { FeatureContext } from '../../feature.ts';
import { chainOf } from '../../model-facts.ts';
import type { Place } from '../../place.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Candidate } from './candidate.ts';

const meanings: Readonly<Record<Permission, string>> = {
  'read-only': 'May read, must not change anything.',
  ask: 'Asks before it changes anything; where nobody can answer, that means refuse.',
  edit: 'May edit files without asking.',
  full: 'May do everything without asking.',
};

/** More CLIs than this say nothing to a reader. */
const maxAdapters = 3;

/** The four permissions. */
export function permissionCandidates(
  snapshot: Snapshot,
  place: Place,
  context: FeatureContext,
): readonly Candidate[] {
  const adapters = adaptersAt(snapshot, place, context);
  // Object.keys forgets the literal types that the record has.
  return (Object.keys(meanings) as Permission[]).map(permission => ({
    text: permission,
    kind: CompletionItemKind.EnumMember,
    detail: permissionText(permission, adapters) || meanings[permission],
    documentation: permissionDocumentation(permission, adapters),
  }));
}

/** `claude: --permission-mode acceptEdits`: what a permission becomes for some CLIs; empty if none of them is known. */
export function permissionText(permission: Permission, adapters: readonly string[]): string {
  const parts = adapters.flatMap(name => {
    const mapping = adapterFor(name)?.permissions[permission];
    return mapping ? [`${name}: ${mapping.args.join(' ') || mapping.means}`] : [];
  });
  return parts.join(' · ');
}

/** What a permission means, and what it becomes for some CLIs; Markdown. */
export function permissionDocumentation(permission: Permission, adapters: readonly string[]): string {
  const lines = adapters.flatMap(name => {
    const mapping = adapterFor(name)?.permissions[permission];
    return mapping ? [`- ${name}: ${mapping.means}`] : [];
  });
  return [meanings[permission], ...(lines.length > 0 ? ['', ...lines] : [])].join('\n');
}

/** Names of the adapters that workers at this place start with. */
export function adaptersAt(
  snapshot: Snapshot,
  { phase, member }: Place,
  { facts }: FeatureContext,
): readonly string[] {
  const { outline, names } = snapshot.analysis;
  const inPhase = (one: PhaseOutline) =>
    (member ? [member] : one.members).map(worker => effectiveModel(one, worker, names)?.text);
  const models = phase ? inPhase(phase) : outline.phases.flatMap(inPhase);
  const interactive = outline.isInteractive ? [effectiveModel(undefined, undefined, names)?.text] : [];
  const texts = new Set([...models, ...interactive]);
  const adapters = [...texts].flatMap(text => {
    const entry = text === undefined ? undefined : chainOf(snapshot, text, facts).entries[0];
    return entry ? [entry.adapter] : [];
  });
  return [...new Set(adapters)].slice(0, maxAdapters);
}

/** Completion of the other names of a file: phases, participants, steps, machines, MCP servers, matches. */
import { CompletionItemKind } from 'vscode-languageserver';
import { elements, member, membersOf, textsOf } from '../../../runtime/analysis/json-node.ts';
import { matchKinds } from '../../../runtime/analysis/step-match.ts';
import type { FeatureContext } from '../../feature.ts';
import type { Place } from '../../place.ts';
import type { Snapshot } from '../../snapshot.ts';
import { baseNameOf } from '../../uris.ts';
import type { Candidate } from './candidate.ts';

/** Earlier phases that `needs` does not name yet. */
export function needsCandidates(
  { analysis }: Snapshot,
  { phase }: Place,
  typed: string,
): readonly Candidate[] {
  if (phase === undefined) return [];
  const named = textsOf(member(phase.node, 'needs')).filter(name => name !== typed);
  const earlier = analysis.outline.phases.filter(
    other => other.index < phase.index && !named.includes(other.name),
  );
  return earlier.map(other => ({
    text: other.name,
    kind: CompletionItemKind.Reference,
    detail: `phase ${other.index + 1} · ${other.kind}`,
  }));
}

/** Participants of the meeting. */
export function moderatorCandidates({ phase }: Place): readonly Candidate[] {
  return (phase?.members ?? []).map(({ id, node }) => {
    const role = member(node, 'role');
    const detail = role?.kind === 'string' ? role.value.slice(0, 80) : 'participant';
    return { text: id, kind: CompletionItemKind.Reference, detail };
  });
}

/** Steps of the phase. */
export function stepCandidates({ phase }: Place): readonly Candidate[] {
  return (phase?.steps ?? []).map(({ name, node }) => {
    const command = [member(node, 'binary'), ...elements(member(node, 'args'))];
    const detail = command.flatMap(part => (part?.kind === 'string' ? [part.value] : [])).join(' ');
    return { text: name, kind: CompletionItemKind.Reference, detail };
  });
}

/** Machines of the file, of the user's configuration, and hosts of the ssh configuration (spec §9). */
export function machineCandidates({ analysis }: Snapshot, { facts }: FeatureContext): readonly Candidate[] {
  const machines = membersOf(member(analysis.outline.root, 'machines'));
  const own = machines.map(([name, node]) => ({
    name,
    group: 0,
    detail: `of this file · ${launcherOf(node)}`,
  }));
  const configured = (facts.user()?.machines ?? []).map(name => ({
    name,
    group: 1,
    detail: 'of your configuration',
  }));
  const hosts = (facts.sshHosts() ?? []).map(name => ({
    name,
    group: 2,
    detail: 'host of your ssh configuration',
  }));
  return distinct([...own, ...configured, ...hosts]).map(({ name, group, detail }) => ({
    text: name,
    kind: CompletionItemKind.Module,
    detail,
    group,
  }));
}

function launcherOf(node: Parameters<typeof member>[0]): string {
  return ['ssh', 'srun', 'command'].find(key => member(node, key) !== undefined) ?? 'incomplete';
}

/** MCP servers of the workspace and the user's CLIs that the list does not hold yet. */
export function mcpCandidates(
  snapshot: Snapshot,
  { facts }: FeatureContext,
  typed: string,
): readonly Candidate[] {
  const listed = textsOf(member(member(snapshot.analysis.outline.root, 'tools'), 'mcp'));
  const workspace = (facts.mcpServers(snapshot.uri) ?? []).map(({ name, uri }) => ({
    name,
    file: baseNameOf(uri),
  }));
  const servers = [...workspace, ...(facts.userMcpServers() ?? [])];
  return distinct(servers.filter(({ name }) => name === typed || !listed.includes(name))).map(
    ({ name, file }) => ({
      text: name,
      kind: CompletionItemKind.Module,
      detail: `of ${file}`,
    }),
  );
}

const matchHelp: Readonly<Record<(typeof matchKinds)[number], readonly [example: string, meaning: string]>> =
  {
    lines_over: ['lines_over:3', 'more than 3 lines of output'],
    lines_under: ['lines_under:1', 'fewer lines of output'],
    exit: ['exit:0', 'this exit code'],
    contains: ['contains:FAIL', 'the output holds this text'],
    regex: ['regex:\\d+ errors?', 'the output fits this regular expression'],
    json: ['json:$.items[0]', 'the output is JSON and has something there'],
  };

/** Forms of a step's `match`. */
export function matchCandidates(): readonly Candidate[] {
  return matchKinds.map(kind => {
    const [text, detail] = matchHelp[kind];
    return { text, detail, kind: CompletionItemKind.Operator };
  });
}

function distinct<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return items.filter(({ name }) => !seen.has(name) && seen.add(name));
}

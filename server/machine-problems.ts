/** What is wrong with a file on this machine: missing files, unknown MCP servers, CLIs that are not installed. */
import { atValue, type Diagnostic } from '../runtime/analysis/diagnostic.ts';
import { closestName, didYouMean } from '../runtime/analysis/did-you-mean.ts';
import { replaceValue } from '../runtime/analysis/edits.ts';
import { type FileReference, findFileReferences } from '../runtime/analysis/file-references.ts';
import { elements, member, type StringNode } from '../runtime/analysis/json-node.ts';
import { machineRules } from '../runtime/analysis/machine-rules.ts';
import { missingFile } from '../runtime/analysis/missing-file.ts';
import { meaningOfModel, modelTextsOf } from '../runtime/analysis/model-names.ts';
import { quote } from '../runtime/analysis/wording.ts';
import type { WorkspaceFacts } from './facts.ts';
import { chainOf, programOf } from './model-facts.ts';
import type { Snapshot } from './snapshot.ts';
import { resolveUri } from './uris.ts';

/** Problems that depend on machine and workspace, as far as the facts are known. */
export function machineProblems(snapshot: Snapshot, facts: WorkspaceFacts): readonly Diagnostic[] {
  return [
    ...findFileReferences(snapshot.analysis.outline).flatMap(file => missingFiles(file, snapshot, facts)),
    ...unknownServers(snapshot, facts),
    ...missingPrograms(snapshot, facts),
  ];
}

function missingFiles(
  reference: FileReference,
  { uri }: Snapshot,
  facts: WorkspaceFacts,
): readonly Diagnostic[] {
  // Paths with placeholders do not exist in this version of the spec; URLs and the like are no files.
  const target = resolveUri(uri, reference.path);
  const state = target === undefined ? undefined : facts.fileState(target);
  return state === undefined || state === 'file' ? [] : [missingFile(reference, state)];
}

/** Spec §7: a warning with candidates, because it depends on the machine. */
function unknownServers(snapshot: Snapshot, facts: WorkspaceFacts): readonly Diagnostic[] {
  const listed = elements(member(member(snapshot.analysis.outline.root, 'tools'), 'mcp'));
  if (listed.length === 0) return [];
  const [workspace, user] = [facts.mcpServers(snapshot.uri), facts.userMcpServers()];
  if (workspace === undefined || user === undefined) return [];
  const known = [...workspace, ...user].map(({ name }) => name);
  return listed.flatMap((node): readonly Diagnostic[] => {
    if (node.kind !== 'string' || known.includes(node.value)) return [];
    const guess = closestName(node.value, known);
    const message = `No MCP server ${quote(node.value)} is known here.${didYouMean(guess)}`;
    const fixes = guess ? [{ title: `Write ${quote(guess)}`, edits: [replaceValue(node, guess)] }] : [];
    return [{ ...identityOf('unknown-mcp-server'), message, fixes, ...atValue(node) }];
  });
}

/** A hint, not an error: the file may be meant for another machine, and a chain may go on elsewhere. */
function missingPrograms(snapshot: Snapshot, facts: WorkspaceFacts): readonly Diagnostic[] {
  return snapshot.once(literalModels).flatMap((node): readonly Diagnostic[] => {
    const [entry] = chainOf(snapshot, node.value, facts).entries;
    const program = entry && programOf(entry, facts);
    if (program === undefined || program === 'none-needed' || program.kind === 'found') return [];
    const message = `${quote(program.name)} is not installed here.`;
    return [{ ...identityOf('not-installed'), message, ...atValue(node) }];
  });
}

function identityOf(name: keyof typeof machineRules) {
  const { code, severity } = machineRules[name];
  return { code, severity };
}

/** Where literal models stand; for `snapshot.once`. */
function literalModels({ analysis: { outline, names } }: Snapshot): readonly StringNode[] {
  const nodes = [
    ...[...names.aliases.values()].flatMap(modelTextsOf),
    ...outline.owners.flatMap(owner => modelTextsOf(owner.member('model'))),
  ];
  return nodes.filter(({ value }) => meaningOfModel(value, names).kind === 'adapter');
}

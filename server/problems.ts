/** Everything there is to say against a document: what the analysis finds, and what only this machine shows. */
import type { Diagnostic } from '../runtime/analysis/diagnostic.ts';
import { nodeAt, textOf } from '../runtime/analysis/json-node.ts';
import type { WorkspaceFacts } from './facts.ts';
import { machineProblems } from './machine-problems.ts';
import type { Settings } from './settings.ts';
import type { Snapshot } from './snapshot.ts';

/** All problems, in file order. */
export function problemsOf(
  snapshot: Snapshot,
  facts: WorkspaceFacts,
  settings: Settings,
): readonly Diagnostic[] {
  const ofFile = snapshot.analysis.diagnostics.filter(problem => !isSettled(problem, snapshot, facts));
  const ofMachine = machineProblems(snapshot, facts).flatMap(problem => {
    const severity = Object.hasOwn(settings.rules, problem.code) ? settings.rules[problem.code] : undefined;
    if (severity === 'off') return [];
    return [severity === undefined ? problem : { ...problem, severity }];
  });
  if (ofMachine.length === 0) return ofFile;
  return [...ofFile, ...ofMachine].sort((a, b) => a.range.start - b.range.start);
}

/** JSON itself: said by the editor's built-in JSON support where there is one. Comments are allowed there in jsonc. */
const ofJson: readonly string[] = ['syntax', 'duplicate-key', 'trailing-comma'];

/** Whether the problem is ours to show: not where the editor's own JSON support shows it too. */
export function isOurs(
  { code }: Diagnostic,
  { languageId }: Snapshot,
  { schemaFeatures }: Settings,
): boolean {
  if (schemaFeatures) return true;
  return !ofJson.includes(code) && !(code === 'comment' && languageId === 'json');
}

/** A machine that the file does not define, but the user's configuration or ssh does; or where that is not known yet. */
function isSettled({ code, path }: Diagnostic, { analysis }: Snapshot, facts: WorkspaceFacts): boolean {
  if (code !== 'unknown-machine') return false;
  const [configured, hosts] = [facts.user()?.machines, facts.sshHosts()];
  if (configured === undefined || hosts === undefined) return true;
  const name = textOf(nodeAt(analysis.outline.root, path)) ?? '';
  return configured.includes(name) || hosts.includes(name);
}

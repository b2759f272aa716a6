/** Code lenses: run and plan the file or a phase, references of an alias, who runs this file. */
import { t } from '@vscode/l10n';
import type { CodeLens, CodeLensParams, Command, Location } from 'vscode-languageserver';
import { effectiveModel } from '../../runtime/analysis/inheritance.ts';
import type { JsonNode, Range } from '../../runtime/analysis/json-node.ts';
import { member } from '../../runtime/analysis/json-node.ts';
import { occurrencesOf } from '../../runtime/analysis/occurrences.ts';
import { type MemberOutline, needsModel, type PhaseOutline } from '../../runtime/analysis/outline.ts';
import { FALLBACK_ALIAS } from '../../runtime/plan/resolve-chain.ts';
import { callersOf } from '../callers.ts';
import type { FeatureContext } from '../feature.ts';
import { nameIndexOf } from '../name-index.ts';
import { joinFew } from '../outline-text.ts';
import type { Snapshot } from '../snapshot.ts';
import { baseNameOf, canonicalUri } from '../uris.ts';

/** What the lens commands get, as plain JSON: any client can wire them. */
export interface RunArguments {
  readonly uri: string;
  /** Name of the phase; only for `niia.runPhase` and `niia.runFrom`. */
  readonly phase?: string;
}

/** What `niia.showReferences` gets: the places to show, and where the lens is. */
export interface ShowReferencesArguments {
  readonly uri: string;
  readonly position: { readonly line: number; readonly character: number };
  readonly locations: readonly Location[];
}

/** All lenses; those of aliases get their locations when they are shown (`resolveCodeLens`). */
export function codeLenses(snapshot: Snapshot, _params: CodeLensParams, context: FeatureContext): CodeLens[] {
  if (!context.settings.codeLens) return [];
  return [...fileLenses(snapshot, context), ...aliasLenses(snapshot), ...phaseLenses(snapshot)];
}

/** Puts the locations of an alias's uses into its lens. */
export function resolveCodeLens(lens: CodeLens, context: FeatureContext): CodeLens {
  const data = readData(lens.data);
  const snapshot =
    data && context.workspace().find(file => canonicalUri(file.uri) === canonicalUri(data.uri));
  if (!data || !snapshot) return lens;
  const written = usesOf(snapshot, data.alias);
  const unwritten = defaultUsesOf(snapshot, data.alias);
  const locations = [...written.map(({ range }) => range), ...unwritten.places].map(range => ({
    uri: snapshot.uri,
    range: snapshot.positions.rangeOf(range),
  }));
  const references = written.length === 1 ? t('1 reference') : t('{0} references', written.length);
  const title = [references, ...(unwritten.title === '' ? [] : [unwritten.title])].join(' · ');
  return { ...lens, command: showReferences(title, snapshot.uri, lens, locations) };
}

/** What an alias is for without being named there: the default model, or the fallback (spec §4). */
function defaultUsesOf({ analysis }: Snapshot, alias: string): { title: string; places: readonly Range[] } {
  const { outline, names } = analysis;
  const route = names.aliases.get(alias);
  const isDefault = (phase?: PhaseOutline, worker?: MemberOutline) =>
    route !== undefined && effectiveModel(phase, worker, names)?.node === route;
  const members = outline.phases.flatMap(phase =>
    phase.members
      .filter(worker => needsModel(phase, worker) && isDefault(phase, worker))
      .map(worker => ({ worker, place: (worker.node ?? phase.node).range.start })),
  );
  const count = members.reduce((sum, { worker }) => sum + worker.count, 0);
  const titles = [
    ...(count === 1 ? [t('default of 1 worker')] : []),
    ...(count > 1 ? [t('default of {0} workers', count)] : []),
    ...(outline.isInteractive && isDefault() ? [t('default of the session')] : []),
    ...(alias === FALLBACK_ALIAS ? [t('takes over for the others')] : []),
  ];
  return { title: titles.join(' · '), places: members.map(({ place }) => ({ start: place, end: place })) };
}

function fileLenses(snapshot: Snapshot, context: FeatureContext): CodeLens[] {
  const { root } = snapshot.analysis.outline;
  if (root === undefined) return [];
  const { uri } = snapshot;
  const range = snapshot.positions.rangeOf({ start: root.range.start, end: root.range.start });
  const callers = callersOf(uri, context.workspace());
  const locations = callers.flatMap(({ snapshot: caller, places }) =>
    places.map(({ node }) => ({ uri: caller.uri, range: caller.positions.rangeOf(node.range) })),
  );
  const names = joinFew(callers.map(caller => baseNameOf(caller.uri)));
  return [
    { range, command: runCommand(`▶ ${t('Run')}`, 'niia.run', { uri }) },
    { range, command: runCommand(t('Plan'), 'niia.plan', { uri }) },
    ...(callers.length > 0
      ? [{ range, command: showReferences(t('run by {0}', names), uri, { range }, locations) }]
      : []),
  ];
}

function phaseLenses(snapshot: Snapshot): CodeLens[] {
  const { uri, analysis } = snapshot;
  return analysis.outline.phases
    .filter(phase => !phase.isTopLevel)
    .flatMap(({ node, name: phase }) => {
      const range = lineOf(snapshot, node);
      return [
        { range, command: runCommand(`▶ ${t('Run phase')}`, 'niia.runPhase', { uri, phase }) },
        { range, command: runCommand(t('Run from here'), 'niia.runFrom', { uri, phase }) },
      ];
    });
}

function aliasLenses(snapshot: Snapshot): CodeLens[] {
  const models = member(snapshot.analysis.outline.root, 'models');
  // In a map on one line all lenses would stand in a row before it.
  if (models && isOnOneLine(snapshot, models)) return [];
  return [...snapshot.analysis.names.aliases].map(([alias, node]) => ({
    range: snapshot.positions.rangeOf(node.keyRange ?? node.range),
    data: { uri: snapshot.uri, alias },
  }));
}

function usesOf(snapshot: Snapshot, alias: string) {
  const places = occurrencesOf(nameIndexOf(snapshot), { kind: 'alias', name: alias });
  return places.filter(({ role }) => role === 'use');
}

function runCommand(title: string, command: string, argument: RunArguments): Command {
  return { title, command, arguments: [argument] };
}

function showReferences(
  title: string,
  uri: string,
  { range }: Pick<CodeLens, 'range'>,
  locations: readonly Location[],
): Command {
  const argument: ShowReferencesArguments = { uri, position: range.start, locations };
  return { title, command: 'niia.showReferences', arguments: [argument] };
}

/** A phase's lens stands over its opening brace. */
function lineOf({ positions }: Snapshot, node: JsonNode) {
  return positions.rangeOf({ start: node.range.start, end: node.range.start });
}

function isOnOneLine({ positions }: Snapshot, { range }: JsonNode): boolean {
  return positions.positionAt(range.start).line === positions.positionAt(range.end).line;
}

/** Lenses come back from the client as it got them. */
function readData(data: unknown): { readonly uri: string; readonly alias: string } | undefined {
  if (typeof data !== 'object' || data === null || !('uri' in data) || !('alias' in data)) return undefined;
  const { uri, alias } = data;
  return typeof uri === 'string' && typeof alias === 'string' ? { uri, alias } : undefined;
}

/** Completion of models: aliases of the file with what they lead to, and the models that need no alias. */
import { CompletionItemKind } from 'vscode-languageserver';
import { builtInAdapters, modelShorthands } from '../../../runtime/agents/names.ts';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import { modelTextsOf } from '../../../runtime/analysis/model-names.ts';
import type { FeatureContext } from '../../feature.ts';
import { chainOf, chainText, programOf } from '../../model-facts.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Candidate } from './candidate.ts';

/** Aliases and literal models; `routeOf` is the alias whose route is being written: it cannot lead to itself. */
export function modelCandidates(
  snapshot: Snapshot,
  context: FeatureContext,
  routeOf: string | undefined,
): readonly Candidate[] {
  const aliases = [...snapshot.analysis.names.aliases.keys()].filter(
    alias => alias !== routeOf && alias !== '',
  );
  const literals = literalModels(snapshot, context).filter(model => !aliases.includes(model));
  return [
    ...aliases.map(alias => aliasCandidate(alias, snapshot, context)),
    ...literals.map(model => literalCandidate(model, snapshot, context)),
  ];
}

function aliasCandidate(alias: string, snapshot: Snapshot, context: FeatureContext): Candidate {
  const chain = chainText(chainOf(snapshot, alias, context.facts));
  return {
    text: alias,
    kind: CompletionItemKind.Variable,
    detail: `→ ${chain || 'nothing'}${installedText(alias, snapshot, context)}`,
    documentation: 'An alias of `models` in this file.',
  };
}

/** CLIs, shorthands, models that adapters know, and `cli/model` forms that the workspace uses already. */
function literalModels(snapshot: Snapshot, { facts, workspace }: FeatureContext): readonly string[] {
  const configured = Object.keys(facts.user()?.agents ?? {});
  const known = builtInAdapters.flatMap(name => {
    const models = (adapterFor(name)?.models ?? []).filter(model => !modelShorthands.has(model));
    return models.map(model => `${name}/${model}`);
  });
  const used = [snapshot, ...workspace()].flatMap(file => file.once(qualifiedModels));
  return [...new Set([...builtInAdapters, ...configured, ...modelShorthands.keys(), ...known, ...used])];
}

/** `cli/model` texts of a file that mean something; for `snapshot.once`. */
function qualifiedModels({ analysis }: Snapshot): readonly string[] {
  const { names, outline } = analysis;
  const routes = [...names.aliases.values()].flatMap(modelTextsOf).map(node => node.value);
  const owners = outline.phases.flatMap(phase => [
    phase.node,
    ...phase.members.flatMap(({ node }) => node ?? []),
  ]);
  const written = owners.flatMap(owner => {
    const node = owner.members.get('model');
    return node?.kind === 'string' ? [node.value] : [];
  });
  return [...routes, ...written].filter(
    text => /^[^/]+\/./.test(text) && names.adapters.has(text.split('/')[0] ?? ''),
  );
}

function literalCandidate(model: string, snapshot: Snapshot, context: FeatureContext): Candidate {
  const [adapter = '', name] = meaningOf(model);
  const what = name === undefined ? `${adapter} with its default model` : `${adapter} with the model ${name}`;
  return {
    text: model,
    kind: CompletionItemKind.EnumMember,
    detail: `${model === 'shell' ? 'the prompt is a shell script' : what}${installedText(model, snapshot, context)}`,
    group: 1,
  };
}

function meaningOf(model: string): readonly string[] {
  const shorthand = modelShorthands.get(model);
  if (shorthand) return [shorthand.adapter, shorthand.model];
  const slash = model.indexOf('/');
  return slash < 0 ? [model] : [model.slice(0, slash), model.slice(slash + 1)];
}

/** ` · not installed` if that is known of the first CLI of the chain. */
function installedText(model: string, snapshot: Snapshot, { facts }: FeatureContext): string {
  const [first] = chainOf(snapshot, model, facts).entries;
  const program = first && programOf(first, facts);
  if (program === undefined || program === 'none-needed') return '';
  if (program.kind === 'not-found') return ` · ${program.name} is not installed`;
  return ' · installed';
}

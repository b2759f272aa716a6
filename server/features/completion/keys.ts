/** Completion of keys that the schema cannot know: names of aliases. */
import { CompletionItemKind } from 'vscode-languageserver';
import { meaningOfModel, modelTextsOf } from '../../../runtime/analysis/model-names.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Candidate } from './candidate.ts';

/** A key with the value to start from. */
export type KeyCandidate = Candidate & { readonly value: string };

const wellKnown: readonly KeyCandidate[] = [
  {
    text: 'primary',
    value: 'claude',
    kind: CompletionItemKind.Variable,
    detail: 'the model of everyone who names none',
  },
  {
    text: 'fallback',
    value: 'codex',
    kind: CompletionItemKind.Variable,
    detail: 'takes over for models without a chain of their own',
  },
];

/** Aliases that the file uses and does not define, then those with a meaning of their own. */
export function aliasKeys({ analysis }: Snapshot, typed: string): readonly KeyCandidate[] {
  const { names, outline } = analysis;
  const nodes = [
    ...outline.owners.flatMap(owner => modelTextsOf(owner.member('model'))),
    ...[...names.aliases.values()].flatMap(modelTextsOf),
  ];
  const unknown = nodes.filter(
    ({ value }) => value !== '' && meaningOfModel(value, names).kind === 'unknown',
  );
  const missing = [...new Set(unknown.map(({ value }) => value))].map(text => ({
    text,
    value: 'claude',
    kind: CompletionItemKind.Variable,
    detail: 'used in this file, but not defined',
  }));
  return [...missing, ...wellKnown].filter(({ text }) => text === typed || !names.aliases.has(text));
}

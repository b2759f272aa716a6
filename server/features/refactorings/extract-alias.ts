import type { TextEdit } from '../../../runtime/analysis/diagnostic.ts';
import { replaceValue } from '../../../runtime/analysis/edits.ts';
import { member } from '../../../runtime/analysis/json-node.ts';
import { meaningOfModel } from '../../../runtime/analysis/model-names.ts';
import { isUsedByDefault } from './implicit-models.ts';
import type { FindRefactorings, RefactoringInput } from './refactoring.ts';
import { containerText, indentAt, innerIndent, insertEntry, styleOf } from './rewrite.ts';

/** A literal model that several workers or phases name becomes an alias (spec §4). */
export const extractAlias: FindRefactorings = input => {
  const { analysis, name, places } = input;
  if (name?.entity.kind !== 'model') return [];
  // What stands in `models` is part of another alias's own route.
  const uses = places.filter(({ node }) => node.key === 'model' && !isInModels(input, node.range.start));
  if (uses.length < 2 || !uses.some(({ node }) => node === name.node)) return [];
  // A second alias ends that the only one is everybody's default.
  const [only, second] = [...analysis.names.aliases.keys()];
  const isOnly = only !== undefined && second === undefined && only !== 'primary';
  if (isOnly && isUsedByDefault(analysis, only)) return [];
  const alias = freeAlias(name.entity.name, input);
  return [
    {
      title: `Extract "${name.entity.name}" (${uses.length} places) to the alias "${alias}"`,
      kind: 'refactor.extract',
      edits: [addAlias(input, alias, name.entity.name), ...uses.map(({ node }) => replaceValue(node, alias))],
    },
  ];
};

function isInModels({ root }: RefactoringInput, offset: number): boolean {
  const models = member(root, 'models');
  return models !== undefined && models.range.start <= offset && offset <= models.range.end;
}

/** `llama3` for `ollama/llama3`, `opus-model` for `opus`: never what already means something. */
function freeAlias(model: string, { analysis }: RefactoringInput): string {
  const last = model.slice(model.lastIndexOf('/') + 1).replace(/[^\p{L}\p{N}._-]+/gu, '-');
  const isFree = (name: string) =>
    name !== '' &&
    meaningOfModel(name, analysis.names).kind === 'unknown' &&
    name !== 'fallback' &&
    name !== 'primary';
  if (isFree(last)) return last;
  for (let n = 1; ; n += 1) {
    const name = n === 1 ? `${last}-model` : `${last}-model-${n}`;
    if (isFree(name)) return name;
  }
}

function addAlias(
  { analysis: { document }, root }: RefactoringInput,
  alias: string,
  model: string,
): TextEdit {
  const text = JSON.stringify(model);
  const models = member(root, 'models');
  if (models?.kind === 'object') return insertEntry(document, models, { key: alias, text }, 'models');
  const indent = root.entries.length > 0 ? innerIndent(document, root) : indentAt(document, root.range.start);
  const map = containerText('{}', [`${JSON.stringify(alias)}: ${text}`], styleOf(document), indent);
  return insertEntry(document, root, { key: 'models', text: map }, 'Connector');
}

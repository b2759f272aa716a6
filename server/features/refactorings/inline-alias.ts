import { remove, removeEntry } from '../../../runtime/analysis/edits.ts';
import { member } from '../../../runtime/analysis/json-node.ts';
import { quote } from '../../../runtime/analysis/wording.ts';
import { isUsedByDefault } from './implicit-models.ts';
import type { FindRefactorings } from './refactoring.ts';

/** An alias of a single model goes; what used it names the model itself (spec §4). */
export const inlineAlias: FindRefactorings = ({ analysis, root, name, places }) => {
  if (name?.entity.kind !== 'alias') return [];
  const alias = name.entity.name;
  const route = analysis.names.aliases.get(alias);
  // Lists and objects may not stand where a model is asked for.
  if (route?.kind !== 'string' || alias === 'primary' || alias === 'fallback') return [];
  if (isUsedByDefault(analysis, alias)) return [];
  const uses = places.filter(({ role }) => role === 'use');
  if (uses.length === 0) return [];
  const { text } = analysis.document;
  const model = text.slice(route.range.start, route.range.end);
  const models = member(root, 'models');
  const isLast = models !== undefined && analysis.names.aliases.size === 1;
  return [
    {
      title: `Inline the alias ${quote(alias)} (${uses.length} ${uses.length === 1 ? 'place' : 'places'})`,
      kind: 'refactor.inline',
      edits: [
        ...uses.map(({ node }) => ({ ...remove(node.range), newText: model })),
        removeEntry(isLast ? models : route),
      ],
    },
  ];
};

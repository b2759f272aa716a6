import { modelShorthands } from '../../agents/names.ts';
import { atValue, type Finding } from '../diagnostic.ts';
import { closestName, didYouMean } from '../did-you-mean.ts';
import { replaceValue } from '../edits.ts';
import type { StringNode } from '../json-node.ts';
import { type ModelNames, meaningInRoute, meaningOfModel, modelTextsOf } from '../model-names.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A model text that means nothing. */
export const unknownAlias: Rule = {
  code: 'unknown-alias',
  severity: 'error',
  doc: 'The model is neither an alias of `models`, nor a known adapter (`claude`, `codex`, `shell`, …), a shorthand (`opus`, `sonnet`, `haiku`), `<cli>/<model>`, or an adapter of your configuration. Whether its program is installed does not matter here.',
  fix: 'Writes the nearest known name.',
  *check({ outline, names }) {
    for (const [alias, route] of names.aliases) {
      for (const node of modelTextsOf(route)) {
        if (node.value && meaningInRoute(node.value, alias, names).kind === 'unknown')
          yield finding(node, names);
      }
    }
    for (const owner of outline.owners) {
      const node = owner.member('model');
      if (node?.kind !== 'string' || node.value === '') continue;
      if (meaningOfModel(node.value, names).kind === 'unknown') yield finding(node, names);
    }
  },
};

function finding(node: StringNode, names: ModelNames): Finding {
  const guess = guessFor(node.value, names);
  return {
    ...atValue(node),
    message: `${quote(node.value)} is neither an alias of "models" nor a known model.${didYouMean(guess)}`,
    fixes: guess ? [{ title: `Write "${guess}"`, edits: [replaceValue(node, guess)] }] : [],
  };
}

/** For `clade/opus` the adapter before the slash is the misspelt part. */
function guessFor(text: string, names: ModelNames): string | undefined {
  const known = [...names.aliases.keys(), ...modelShorthands.keys(), ...names.adapters];
  const slash = text.indexOf('/');
  if (slash < 0) return closestName(text, known);
  const adapter = closestName(text.slice(0, slash), names.adapters);
  return adapter && slash < text.length - 1 ? `${adapter}${text.slice(slash)}` : adapter;
}

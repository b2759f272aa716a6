import { atOwner } from '../diagnostic.ts';
import { effectiveModel } from '../inheritance.ts';
import { needsModel } from '../outline.ts';
import type { Rule } from '../rule.ts';
import { anyOf } from '../wording.ts';

/** A worker without a model. */
export const noModel: Rule = {
  code: 'no-model',
  severity: 'error',
  doc: 'A worker has no `model`, nor has its phase, and `models` has neither `primary` nor a single alias. Workers that only run `steps` or a `connector` need none.',
  *check({ outline, names }) {
    const choices = names.aliases.size > 0 ? `, one of the aliases ${anyOf([...names.aliases.keys()])}` : '';
    const advice = `Set "model"${choices}, or the alias "primary" in "models".`;
    if (outline.isInteractive && outline.root && !effectiveModel(undefined, undefined, names)) {
      yield { ...atOwner(outline.root), message: `No model to start. ${adviceForInteractive}` };
    }
    for (const phase of outline.phases) {
      const without = phase.members.filter(
        worker => needsModel(phase, worker) && !effectiveModel(phase, worker, names),
      );
      const first = without[0];
      if (!first) continue;
      if (without.length === phase.members.length) {
        yield { ...atOwner(phase.node), message: `This phase has no model. ${advice}` };
      } else {
        for (const worker of without) {
          yield { ...atOwner(worker.node ?? phase.node), message: `This worker has no model. ${advice}` };
        }
      }
    }
  },
};

const adviceForInteractive = 'Set the alias "primary" in "models", or add a "pipeline".';

import { atKey } from '../diagnostic.ts';
import { member } from '../json-node.ts';
import { maxAliases } from '../model-names.ts';
import { countWorkers, maxPhases, maxWorkers } from '../outline.ts';
import type { Rule } from '../rule.ts';

/** More phases, workers or aliases than any run could use. */
export const tooLargeWorkflow: Rule = {
  code: 'too-large-workflow',
  severity: 'error',
  doc: 'The file has more phases, workers or aliases than the runtime takes: 2,000 phases, 100,000 workers, 2,000 aliases.',
  *check({ outline }) {
    const phases = member(member(outline.root, 'pipeline'), 'phases');
    if (phases?.kind === 'array' && phases.entries.length > maxPhases) {
      const message = `${phases.entries.length} phases are too many; at most ${maxPhases} are read.`;
      yield { ...atKey(phases), message };
    }
    const workers = countWorkers(outline);
    if (phases && workers > maxWorkers) {
      yield { ...atKey(phases), message: `${workers} workers are too many; the most is ${maxWorkers}.` };
    }
    const models = member(outline.root, 'models');
    if (models?.kind === 'object' && models.members.size > maxAliases) {
      const message = `${models.members.size} aliases are too many; at most ${maxAliases} are read.`;
      yield { ...atKey(models), message };
    }
  },
};

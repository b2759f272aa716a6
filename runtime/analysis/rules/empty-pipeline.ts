import { atKey } from '../diagnostic.ts';
import { elements, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';

/** A pipeline that does nothing. */
export const emptyPipeline: Rule = {
  code: 'empty-pipeline',
  severity: 'error',
  doc: 'The pipeline has no phases. Add one; without `pipeline` the file is one interactive session.',
  *check({ outline }) {
    const pipeline = member(outline.root, 'pipeline');
    if (pipeline?.kind !== 'object' || outline.phases.some(phase => phase.isTopLevel)) return;
    const phases = member(pipeline, 'phases');
    // A list of a wrong type has its own diagnostic.
    if (phases && (phases.kind !== 'array' || elements(phases).length > 0)) return;
    yield {
      ...atKey(phases ?? pipeline),
      message: 'The pipeline has no phases: add one, or remove "pipeline" for one interactive session.',
    };
  },
};

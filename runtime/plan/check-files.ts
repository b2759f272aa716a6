import type { PlanNote } from './plan.ts';
import { type PhasePair, type PlanContext, quoteAll, readFact } from './plan-context.ts';

/** Whether `agent.flow` (spec §7) and the `output` schemas (spec §5) can be used. */
export function checkFiles(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  return [...flowNotes(context), ...phases.flatMap(phase => schemaNotes(phase, context))];
}

function flowNotes({ workflow, facts }: PlanContext): readonly PlanNote[] {
  if (workflow.agentFlow === undefined) return [];
  const fact = readFact(facts, workflow.agentFlow);
  if ('text' in fact) return [];
  const message = `agent.flow ${quoteAll([workflow.agentFlow])} cannot be read: ${fact.problem}`;
  return [{ severity: 'blocker', code: 'agent-flow', message, path: ['agent', 'flow'], exitCode: 2 }];
}

function schemaNotes({ source }: PhasePair, { facts }: PlanContext): readonly PlanNote[] {
  const { output } = source;
  if (output === undefined) return [];
  const path = [...source.path, 'output'];
  const blocker = (message: string): PlanNote => ({
    severity: 'blocker',
    code: 'output-schema',
    message,
    path,
    exitCode: 2,
  });
  if ('schemaFile' in output) {
    const fact = readFact(facts, output.schemaFile);
    if ('problem' in fact) {
      return [blocker(`the output schema "${output.schemaFile}" cannot be read: ${fact.problem}`)];
    }
  }
  const problem = Object.hasOwn(facts.schemaProblems, source.name)
    ? facts.schemaProblems[source.name]
    : undefined;
  return problem === undefined
    ? []
    : [blocker(`the output schema of phase "${source.name}" is not usable: ${problem}`)];
}

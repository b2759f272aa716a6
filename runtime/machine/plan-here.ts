import { createHash } from 'node:crypto';
import type { PlanFailure, PlanOptions } from '../plan/facts.ts';
import { makePlan, type Planned } from '../plan/make-plan.ts';
import { wantedFacts } from '../plan/wanted-facts.ts';
import type { Result } from '../result.ts';
import type { Workflow } from '../spec/workflow.ts';
import { collectFacts, type FactsRequest } from './facts.ts';

/** A connector file and where it is to be run. */
export interface PlanRequest extends Omit<FactsRequest, 'wanted' | 'fileHash'> {
  /** Text of the connector file, which `workflow` was read from. */
  readonly text: string;
  readonly options: PlanOptions;
}

/** Plans a run on this machine: asks the planner what it wants to know, finds that out, and plans. Creates nothing. */
export async function planHere(
  workflow: Workflow,
  request: PlanRequest,
): Promise<Result<Planned, PlanFailure>> {
  const { text, options, ...rest } = request;
  const wanted = wantedFacts(workflow, options, rest.config.agents);
  if (!wanted.ok) return wanted;
  const fileHash = createHash('sha256').update(text).digest('hex');
  const facts = await collectFacts({ ...rest, fileHash, wanted: wanted.value });
  return makePlan(workflow, facts, options);
}

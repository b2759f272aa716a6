import type { Phase, Worker, Workflow } from '../spec/workflow.ts';

/** Name of the only phase of a file without topology; its only worker is `1`. */
export const INTERACTIVE_PHASE = 'session';

/** The phases of a file, in file order: a file without topology is one live session, so one phase of one worker (spec §2). */
export function phasesOf(workflow: Workflow): readonly Phase[] {
  return workflow.interactive === undefined ? workflow.phases : [interactivePhase(workflow.interactive)];
}

function interactivePhase(worker: Worker): Phase {
  return {
    name: INTERACTIVE_PHASE,
    path: [],
    kind: 'workers',
    needs: [],
    workers: [{ ...worker, id: '1' }],
    parallel: true,
    steps: [],
    retries: 0,
    onFailure: 'stop',
    merge: 'auto',
  };
}

/** Runs for the tests of views: a plan from a sketch, events as a list of their data. */
import type { NewEvent, RunEvent } from '../../../runtime/engine/events.ts';
import type { RunView } from '../../../runtime/engine/projections.ts';
import { project } from '../../../runtime/engine/run-view-builder.ts';
import { type PlanSketch, planOf } from '../engine/plans.ts';

/** Start of every sample run; event n comes n seconds later. */
export const START = Date.parse('2026-11-22T10:00:00.000Z');

/** The time `seconds` after the start. */
export function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

/** Numbers and dates events; a `run-started` is put first. */
export function eventsOf(events: readonly NewEvent[]): readonly RunEvent[] {
  const first: NewEvent = {
    kind: 'run-started',
    run: 'demo-1',
    name: 'demo',
    file: '/project/connector.json',
    planHash: 'f',
    base: 'a'.repeat(40),
    depth: 0,
  };
  return [first, ...events].map((event, index) => ({ v: 1, seq: index + 1, at: at(index), ...event }));
}

/** The view of a run after these events. */
export function viewOf(sketch: PlanSketch, events: readonly NewEvent[]): RunView {
  return project(planOf(sketch), eventsOf(events));
}

/** What happens to a worker until it works. */
export function working(worker: string, label = 'shell'): readonly NewEvent[] {
  const who = { worker, attempt: 1 };
  return [
    { kind: 'worker-started', ...who },
    { kind: 'worktree-ready', ...who, dir: `/wt/${worker}`, slug: worker, branch: `niia/demo-1/w/${worker}` },
    { kind: 'turn-requested', ...who, turn: 1, route: 0, label, input: { kind: 'prompt' } },
    { kind: 'session-opened', ...who, session: `s.${worker}`, purpose: 'turn', transport: 'headless' },
    { kind: 'turn-started', ...who, turn: 1, route: 0, label },
    { kind: 'turn-alive', ...who, evidence: 'output' },
  ];
}

/** What happens to a working worker that succeeds. */
export function succeeding(worker: string, summary: string): readonly NewEvent[] {
  const who = { worker, attempt: 1 };
  return [
    {
      kind: 'turn-ended',
      ...who,
      turn: 1,
      outcome: { kind: 'answered', answerFile: `answers/${worker}.md`, summary },
    },
    { kind: 'committed', ...who, files: 0 },
    { kind: 'worker-ended', ...who, outcome: { kind: 'succeeded' } },
  ];
}

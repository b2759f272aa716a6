/** Keeps a run and the runs that its workers start honest with each other: spending goes up, limits go down (spec §8). */
import type { RunEvent } from '../engine/events.ts';
import { requestLimit, tellSpending } from '../engine/requests.ts';
import { spendingOf } from '../engine/spending.ts';
import type { LiveRun } from './live-run.ts';
import type { Log } from './log.ts';

/** Who is related to whom. */
export interface Relatives {
  parentOf(live: LiveRun): LiveRun | undefined;
  childrenOf(run: string): readonly LiveRun[];
  readonly log: Log;
}

/** Events after which the run above has something to learn. */
const SPENDING: ReadonlySet<RunEvent['kind']> = new Set(['usage', 'worker-started', 'child-spent']);

/** What an event of a run means for its relatives. */
export async function tellRelatives(live: LiveRun, event: RunEvent, relatives: Relatives): Promise<void> {
  if (SPENDING.has(event.kind)) await tellParent(live, relatives);
  if (event.kind === 'limit-reached') await limitChildren(live, relatives);
}

/** What a run that is taken up, or that ends, has to tell in any case: a daemon may have died before it did. */
export async function settleWithRelatives(live: LiveRun, relatives: Relatives): Promise<void> {
  await tellParent(live, relatives);
  if (live.state.limit !== undefined) await limitChildren(live, relatives);
}

async function tellParent(live: LiveRun, relatives: Relatives): Promise<void> {
  const { parent } = live.services.started;
  const above = relatives.parentOf(live);
  if (parent === undefined || above === undefined) return;
  const told = await above.request(state =>
    tellSpending(state, { child: live.run, worker: parent.worker, ...spendingOf(live.state) }),
  );
  // It has ended: nothing can be limited any more.
  if (!told.ok) relatives.log.info(`run ${live.run}: ${told.failure.message}`);
}

async function limitChildren({ run, state: { limit } }: LiveRun, relatives: Relatives): Promise<void> {
  if (limit === undefined) return;
  const message = `run "${run}", which started this one, is limited: ${limit.message}`;
  for (const child of relatives.childrenOf(run)) {
    await child.request(state => requestLimit(state, { limit: limit.limit, message }));
  }
}

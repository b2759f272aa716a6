/** A live terminal's states as events of the run, and the answers that people give to it from elsewhere. */
import type { AgentEvent } from '../../agents/adapter.ts';
import type { RunEvent } from '../../engine/events.ts';
import type { PerformContext } from '../../engine/performer.ts';
import type { GivenAnswer } from '../../runner/terminal-turn-job.ts';
import type { ReportQueue } from '../report-queue.ts';
import type { RunServices } from '../run-services.ts';

/** Of which worker, and where to tell. */
export interface StateControlOptions {
  readonly services: Pick<RunServices, 'events' | 'secrets' | 'plan'>;
  readonly context: Pick<PerformContext, 'signal'>;
  readonly reports: ReportQueue;
  readonly worker: string;
  readonly attempt: number;
}

/** What a turn in a live terminal is given. */
export interface StateControl {
  onEvent(event: AgentEvent): void;
  nextAnswer(signal: AbortSignal): Promise<GivenAnswer | undefined>;
}

/** What is answered where nobody is. */
const NOBODY = { by: 'niia', text: 'nobody is there to allow it', isGranted: false } as const;

/** How often the run's events are looked at for an answer, while the CLI waits for one. */
const ANSWER_POLL_MS = 200;

/** Tells states, takes answers. */
export function stateControl({
  services,
  context,
  reports,
  worker,
  attempt,
}: StateControlOptions): StateControl {
  const one = { worker, attempt };
  return {
    onEvent(event) {
      if (event.kind !== 'state') return;
      const evidence = services.secrets.redact(event.evidence);
      switch (event.state) {
        case 'working':
          return reports.add({ kind: 'turn-alive', ...one, evidence });
        case 'unknown':
          return reports.add({ kind: 'turn-unknown', ...one, evidence });
        case 'waiting': {
          const what = event.what === 'permission' ? 'permission' : 'question';
          const { redact } = services.secrets;
          const asked = { text: redact(event.text), choices: event.choices?.map(redact), evidence };
          reports.add({ kind: 'answer-needed', ...one, what, ...asked });
          if (!services.plan.isAttended) reports.add({ kind: 'answer-given', ...one, ...NOBODY });
          return;
        }
      }
    },
    nextAnswer: signal => answerAfter(services, one, AbortSignal.any([signal, context.signal])),
  };
}

/** The first answer to this worker that is given from now on; undefined once nobody waits for it any more. */
async function answerAfter(
  services: Pick<RunServices, 'events'>,
  { worker, attempt }: { readonly worker: string; readonly attempt: number },
  signal: AbortSignal,
): Promise<GivenAnswer | undefined> {
  const from = services.events().length;
  const isAnswer = (event: RunEvent): boolean =>
    event.kind === 'answer-given' && event.worker === worker && event.attempt === attempt;
  while (!signal.aborted) {
    const given = services.events().slice(from).find(isAnswer);
    if (given?.kind === 'answer-given') return { text: given.text, isGranted: given.isGranted };
    await new Promise(resolve => setTimeout(resolve, ANSWER_POLL_MS).unref());
  }
  return undefined;
}

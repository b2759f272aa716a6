/**
 * Models whose pause is over. A model that comes back is tried by one worker; the others wait for what it finds, so that
 * a provider which is still down is not stormed by all of them at once. Pure.
 *
 * ```
 * down ─ model-up ─▶ untried ─ turn-requested ─▶ tried by a worker ─▶ well (no trial): it used tokens, or its turn ended
 *   ▲                  ▲                           │  │  │             in any way that is not the model's absence
 *   │                  └── stalled, stopped ───────┘  │  └───────────▶ well: another worker went ahead, the time being up
 *   └─────────────────────── model-down ──────────────┘
 * ```
 */
import type { FailureReason } from '../agents/adapter.ts';
import type { RunEvent, RunEventOf } from './events.ts';
import { isReached } from './iso-time.ts';

/** A model that was down and has not answered since. */
export interface ModelTrial {
  /** Why it was down. */
  readonly why: FailureReason;
  /** Who tries it, and until when (ISO time) the others wait for that at most; absent = nobody yet. */
  readonly by?: { readonly worker: string; readonly until: string };
}

/** By label. */
export type ModelTrials = ReadonlyMap<string, ModelTrial>;

/** A CLI that has not used a token after so long says nothing until its end: the others go ahead. */
const TRIAL_MS = 60_000;

/** The trials, once a worker has begun to try this model. Changes nothing for a model that is not on trial. */
export function withTrialBy(trials: ModelTrials, label: string, worker: string, now: string): ModelTrials {
  const trial = trials.get(label);
  if (trial === undefined) return trials;
  if (trial.by !== undefined && trial.by.worker !== worker) return without(trials, label);
  const until = new Date(Date.parse(now) + TRIAL_MS).toISOString();
  return new Map([...trials, [label, { why: trial.why, by: { worker, until } }]]);
}

/** The trial of this model that a worker has to wait for; undefined = it may use the model. */
export function trialToAwait(
  trials: ModelTrials,
  label: string,
  worker: string,
  now: string,
): Required<ModelTrial> | undefined {
  const { why, by } = trials.get(label) ?? {};
  if (why === undefined || by === undefined || by.worker === worker || isReached(by.until, now))
    return undefined;
  return { why, by };
}

/** What an event means for the trials. `whyDown`: of the model that comes back. */
export function trialsAfter(
  trials: ModelTrials,
  event: RunEvent,
  whyDown: (label: string) => FailureReason | undefined,
): ModelTrials {
  switch (event.kind) {
    case 'model-up': {
      const why = whyDown(event.label);
      return why === undefined ? trials : new Map([...trials, [event.label, { why }]]);
    }
    case 'model-down':
      return without(trials, event.label);
    case 'turn-requested':
      return withTrialBy(trials, event.label, event.worker, event.at);
    case 'usage':
      return isAnswerBy(event, trials.get(event.label)) ? without(trials, event.label) : trials;
    case 'turn-ended':
      return afterTurn(trials, event.worker, event.outcome);
    case 'worker-ended':
      return afterTurn(trials, event.worker, { kind: 'stopped' });
    case 'retry-requested':
      return new Map();
    default:
      return trials;
  }
}

/** A turn that fails tells its use, too: that of nothing. */
function isAnswerBy(
  { worker, outputTokens = 0 }: RunEventOf<'usage'>,
  trial: ModelTrial | undefined,
): boolean {
  return trial?.by?.worker === worker && outputTokens > 0;
}

function afterTurn(
  trials: ModelTrials,
  worker: string,
  outcome: { readonly kind: string; readonly reason?: FailureReason },
): ModelTrials {
  const [label, trial] = [...trials].find(([, { by }]) => by?.worker === worker) ?? [];
  if (label === undefined || trial === undefined) return trials;
  const { kind, reason } = outcome;
  const untried = new Map([...trials, [label, { why: trial.why }]]);
  if (kind === 'stopped') return untried;
  if (reason?.kind !== 'unavailable') return without(trials, label);
  // The others go on waiting until the model is noted as down; a stall says nothing about the model.
  return reason.what === 'stalled' ? untried : trials;
}

function without(trials: ModelTrials, label: string): ModelTrials {
  return trials.has(label) ? new Map([...trials].filter(([each]) => each !== label)) : trials;
}

/** When each worker of a run did what: the bars of a time line, from the run's events. Pure. */
import type { RunEvent } from '../engine/events.ts';

/** What a worker did for a while. */
export type SegmentKind =
  /** Its worktree was made. */
  | 'preparing'
  /** A process was started that had not said anything yet. */
  | 'starting'
  | 'working'
  /** A person was asked. */
  | 'waiting'
  /** It waited for a rate limit to reset. */
  | 'parked';

/** One stretch of a worker's time. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly attempt: number;
  /** Model in use; empty while there was none. */
  readonly label: string;
  /** ISO times; `to` absent = up to now. */
  readonly from: string;
  readonly to?: string;
}

/** Segments of each worker that was started, by its key, oldest first. Stretches shorter than a millisecond are left out. */
export function timelineOf(events: Iterable<RunEvent>): ReadonlyMap<string, readonly Segment[]> {
  const lanes = new Map<string, Lane>();
  for (const event of events) {
    if (event.kind === 'run-ended') for (const lane of lanes.values()) close(lane, event.at);
    const opened = openedBy(event);
    if (opened === undefined) continue;
    const lane = lanes.get(opened.worker) ?? { closed: [] };
    lanes.set(opened.worker, lane);
    const label = opened.label ?? lane.open?.label ?? '';
    if (opened.kind === lane.open?.kind && label === lane.open.label) continue;
    close(lane, event.at);
    if (opened.kind !== 'ended')
      lane.open = { kind: opened.kind, attempt: opened.attempt, label, from: event.at };
  }
  return new Map([...lanes].map(([worker, { closed, open }]) => [worker, open ? [...closed, open] : closed]));
}

/** A worker's segments while the events are read. */
interface Lane {
  readonly closed: Segment[];
  open?: Segment;
}

interface Opened {
  readonly worker: string;
  readonly attempt: number;
  readonly kind: SegmentKind | 'ended';
  /** Absent = the model in use stays. */
  readonly label?: string;
}

function close(lane: Lane, at: string): void {
  const { open } = lane;
  if (open === undefined) return;
  if (open.from !== at) lane.closed.push({ ...open, to: at });
  delete lane.open;
}

/** What a worker does from an event on; undefined for events that do not change it. */
function openedBy(event: RunEvent): Opened | undefined {
  switch (event.kind) {
    case 'worker-started':
      return { ...who(event), kind: 'preparing', label: '' };
    case 'turn-requested':
      return { ...who(event), kind: 'starting', label: event.label };
    case 'session-opened':
      return event.purpose === 'turn' ? undefined : { ...who(event), kind: 'working' };
    case 'turn-alive':
    case 'answer-given':
      return { ...who(event), kind: 'working' };
    case 'unparked':
      return { ...who(event), kind: 'starting' };
    case 'answer-needed':
      return { ...who(event), kind: 'waiting' };
    case 'parked':
      return { ...who(event), kind: 'parked' };
    case 'worker-ended':
      return { ...who(event), kind: 'ended' };
    default:
      return undefined;
  }
}

function who({
  worker,
  attempt,
}: {
  readonly worker: string;
  readonly attempt: number;
}): Pick<Opened, 'worker' | 'attempt'> {
  return { worker, attempt };
}

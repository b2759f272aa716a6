import type { Clock } from './session-host.ts';

/** When a session is taken to hang. Absent = never. */
export interface WatchdogLimits {
  /** First sign of life must come within so long. */
  readonly startTimeoutMs?: number;
  /** Between two signs of life. */
  readonly stallTimeoutMs?: number;
  /** For so long a CLI may do nothing but try again (`RetryPatience`). */
  readonly retryTimeoutMs?: number;
  /** End of the worker's time, in milliseconds since 1970 (spec §3 `timeout_ms`). */
  readonly deadlineAt?: number;
}

/** Which watchdog went off. */
export type WatchdogAlarm = 'no_start' | 'stalled' | 'timed_out';

/** Watches one session: fed with its signs of life, goes off at most once. */
export interface Watchdogs extends Disposable {
  /** The program is up: ends the start watchdog. */
  ready(): void;
  /** Any sign of life. */
  activity(): void;
}

/** Starts the watchdogs. */
export function startWatchdogs(
  clock: Clock,
  limits: WatchdogLimits,
  onAlarm: (alarm: WatchdogAlarm) => void,
): Watchdogs {
  const timers = new Map<WatchdogAlarm, Disposable>();
  let lastActivity = clock.now();
  const arm = (alarm: WatchdogAlarm, ms: number, callback: () => void): void => {
    disarm(alarm);
    timers.set(alarm, clock.after(Math.max(0, ms), callback));
  };
  const disarm = (alarm: WatchdogAlarm): void => {
    timers.get(alarm)?.[Symbol.dispose]();
    timers.delete(alarm);
  };
  const off = (): void => {
    for (const alarm of [...timers.keys()]) disarm(alarm);
  };
  const fire = (alarm: WatchdogAlarm): void => {
    off();
    onAlarm(alarm);
  };
  const { startTimeoutMs, stallTimeoutMs, deadlineAt } = limits;
  // Output comes in thousands of pieces: the timer is not set anew for each, but looks when it goes off.
  const watchStall = (ms: number): void => {
    arm('stalled', ms, () => {
      const left = lastActivity + (stallTimeoutMs ?? 0) - clock.now();
      if (left <= 0) fire('stalled');
      else watchStall(left);
    });
  };
  if (startTimeoutMs !== undefined) arm('no_start', startTimeoutMs, () => fire('no_start'));
  if (stallTimeoutMs !== undefined) watchStall(stallTimeoutMs);
  if (deadlineAt !== undefined) watchDeadline(deadlineAt);
  return {
    ready: () => disarm('no_start'),
    activity: () => {
      lastActivity = clock.now();
    },
    [Symbol.dispose]: off,
  };

  function watchDeadline(at: number): void {
    // A deadline further away than a timer can reach is looked at again.
    arm('timed_out', at - clock.now(), () => (clock.now() >= at ? fire('timed_out') : watchDeadline(at)));
  }
}

/** Ends the daemon when nobody needs it: no client, no unfinished run, no live session, for a while (design §2). */

/** What is looked at. */
export interface IdleOptions {
  /** How long nobody must have needed it. */
  readonly idleMs: number;
  readonly isNeeded: () => boolean;
  readonly onIdle: () => void;
}

/** Watches for idleness. `touch()` after every change of what `isNeeded` looks at. */
export function watchIdleness({ idleMs, isNeeded, onIdle }: IdleOptions): { touch(): void; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const stopTimer = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const touch = (): void => {
    if (isStopped || isNeeded()) stopTimer();
    else
      timer ??= setTimeout(() => {
        timer = undefined;
        if (isNeeded()) return;
        isStopped = true;
        onIdle();
      }, idleMs);
  };
  return {
    touch,
    stop() {
      isStopped = true;
      stopTimer();
    },
  };
}

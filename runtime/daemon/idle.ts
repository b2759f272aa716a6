/** Ends the daemon when nobody needs it: no client, no unfinished run, no live session, for a while (design §2). */

/** Watches for idleness. */
export interface IdleWatch {
  /** Begins to watch. */
  start(isNeeded: () => boolean, onIdle: () => void): void;
  /** To be called after every change of what `isNeeded` looks at. */
  touch(): void;
  stop(): void;
}

/** A watch that calls `onIdle` once, when the daemon was not needed for `idleMs`. */
export function watchIdleness(idleMs: number): IdleWatch {
  let watched: { readonly isNeeded: () => boolean; readonly onIdle: () => void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  const stopTimer = (): void => {
    clearTimeout(timer);
    timer = undefined;
  };
  const look = (): void => {
    timer = undefined;
    if (watched === undefined || watched.isNeeded()) return;
    const { onIdle } = watched;
    watched = undefined;
    onIdle();
  };
  const touch = (): void => {
    if (watched === undefined || watched.isNeeded()) stopTimer();
    else timer ??= setTimeout(look, idleMs);
  };
  return {
    start(isNeeded, onIdle) {
      watched = { isNeeded, onIdle };
      touch();
    },
    touch,
    stop() {
      watched = undefined;
      stopTimer();
    },
  };
}

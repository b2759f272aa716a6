import type { PtyHostClient } from '../pty/client.ts';
import type { PtyFailure } from '../pty-protocol.ts';
import { ok, type Result } from '../result.ts';
import type { SessionHost, SessionListener } from './session-host.ts';

/**
 * The runner's view of a PTY host's client. One per client: it shares the host's events out to those who watch, so that
 * thousands of sessions do not each parse all of them.
 */
export function sessionHostOf(client: PtyHostClient): SessionHost {
  const watchers = shareEvents(client);
  return {
    open: spec => client.open(spec),
    async read(id, from, maxBytes) {
      const piece = await client.read({ id, from, maxBytes });
      return piece.ok ? ok({ bytes: Buffer.from(piece.value.base64, 'base64') }) : piece;
    },
    write: (id, text) => client.write(id, text),
    stop: (id, graceMs) => client.stop(id, graceMs),
    kill: id => client.signal(id, 'kill'),
    render: (id, text, sourceOffset, isFinal): Promise<Result<unknown, PtyFailure>> =>
      client.render({ id, text, sourceOffset, isFinal }),
    watch: watchers.watch,
  };
}

/** Who watches which session. */
interface Watchers {
  watch(id: string, listener: SessionListener): Disposable;
}

function shareEvents(client: PtyHostClient): Watchers {
  const listeners = new Map<string, Set<SessionListener>>();
  const of = (id: string): readonly SessionListener[] => [...(listeners.get(id) ?? [])];
  let gone: string | undefined;
  client.on('output', ({ sessions }) => {
    for (const { id, end, stdoutBytes } of sessions) {
      for (const listener of of(id)) listener.onOutput(end, stdoutBytes);
    }
  });
  client.on('exit', ({ id, exit }) => {
    for (const listener of of(id)) listener.onExit(exit);
  });
  void client.closed.then(() => {
    gone = 'the connection to the PTY host has ended';
    for (const id of listeners.keys()) for (const listener of of(id)) listener.onGone(gone);
  });
  return {
    watch(id, listener) {
      const set = listeners.get(id) ?? new Set();
      listeners.set(id, set.add(listener));
      if (gone !== undefined) listener.onGone(gone);
      return {
        [Symbol.dispose]() {
          set.delete(listener);
          if (set.size === 0 && listeners.get(id) === set) listeners.delete(id);
        },
      };
    },
  };
}

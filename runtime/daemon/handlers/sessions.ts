/** Requests about sessions: those of workers, and those that people open themselves (`niia serve`). */
import type { Handlers } from '../call.ts';
import type { Sessions } from '../sessions.ts';

type SessionMethod = Extract<keyof Handlers, `session/${string}`>;

/** Answers `session/*`. */
export function sessionHandlers(sessions: Sessions): Pick<Handlers, SessionMethod> {
  return {
    'session/open': params => sessions.open(params),
    'session/list': () => sessions.list(),
    'session/write': params => sessions.write(params),
    'session/wait-idle': (params, { signal }) => sessions.waitIdle(params, signal),
    'session/answer': params => sessions.answer(params),
    'session/screen': params => sessions.screen(params),
    'session/stop': params => sessions.stop(params),
  };
}

/** Replays a recording through our detector with a virtual clock. */

import {
  type AgentState,
  Detector,
  type DetectorInput,
  SCREEN_LOOK_MS,
} from '../../runtime/agents/terminal/detector.ts';
import { readerOf, type TerminalCli } from '../../runtime/agents/terminal/terminal-cli.ts';
import type { Recording, TrueState } from './recording.ts';
import type { ScreenAt } from './screens.ts';

/** What a method says a CLI does; `unknown` claims nothing. */
export type JudgedState = Exclude<TrueState, 'starting'> | 'unknown';

/** A method's word from a time on. */
export interface Judgement {
  readonly at: number;
  readonly state: JudgedState;
}

/** What our detector says of a recording, with a look at the screen only when it wants one. */
export function replayStructured(
  recording: Recording,
  cli: TerminalCli,
  screens: readonly ScreenAt[],
): readonly Judgement[] {
  const detector = new Detector(cli);
  const read = readerOf(cli);
  const said = new Judgements();
  const tell = (input: DetectorInput): void => said.add(input.at, judged(detector.feed(input).state));
  let looked = 0;
  for (const event of recording.events) {
    looked = passTime(detector, screens, looked, event.at, tell);
    switch (event.kind) {
      case 'output':
        tell({ kind: 'output', at: event.at, bytes: event.bytes });
        break;
      case 'record':
        tell({ kind: 'claims', at: event.at, claims: read(event.record).claims });
        break;
      case 'exit':
        tell({ kind: 'exit', at: event.at, code: event.code, signal: event.signal });
        break;
      case 'typed':
      case 'truth':
        break;
    }
  }
  return said.list;
}

/** Looks and ticks that are due before `until`, in order; returns when the last look was. */
function passTime(
  detector: Detector,
  screens: readonly ScreenAt[],
  lookedAt: number,
  until: number,
  tell: (input: DetectorInput) => void,
): number {
  for (let looked = lookedAt; ; ) {
    const look = looked + (detector.lookEveryMs ?? SCREEN_LOOK_MS);
    const tick = detector.nextCheckAt ?? Number.POSITIVE_INFINITY;
    if (Math.min(look, tick) > until) return looked;
    if (tick <= look) {
      tell({ kind: 'tick', at: tick });
    } else {
      looked = look;
      if (detector.lookEveryMs !== undefined)
        tell({ kind: 'screen', at: look, text: screenAt(screens, look) });
    }
  }
}

/** What our detector says when it is given nothing but the screen, and when something was painted. */
export function replayScreenOnly(
  recording: Recording,
  { screen }: TerminalCli,
  screens: readonly ScreenAt[],
): readonly Judgement[] {
  const detector = new Detector(screen === undefined ? {} : { screen });
  const said = new Judgements();
  const exit = recording.events.find(event => event.kind === 'exit');
  const end = Math.min(lastTime(recording), exit?.at ?? Number.POSITIVE_INFINITY);
  const outputs = recording.events.filter(event => event.kind === 'output');
  for (let at = SCREEN_LOOK_MS; at <= end; at += SCREEN_LOOK_MS) {
    const painted = outputs.findLast(output => output.at <= at);
    if (painted !== undefined) detector.feed({ kind: 'output', at: painted.at, bytes: NO_BYTES });
    said.add(at, judged(detector.feed({ kind: 'screen', at, text: screenAt(screens, at) }).state));
  }
  if (exit !== undefined) said.add(exit.at, 'exited');
  return said.list;
}

const NO_BYTES = new Uint8Array();

function screenAt(screens: readonly ScreenAt[], at: number): string {
  let low = 0;
  for (let high = screens.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((screens[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return screens[low - 1]?.text ?? '';
}

/** The time of the last event. */
export function lastTime({ events }: Recording): number {
  return events.at(-1)?.at ?? 0;
}

/** Judgements in order, without repetition. */
export class Judgements {
  readonly list: Judgement[] = [];

  add(at: number, state: JudgedState): void {
    if (this.list.at(-1)?.state !== state) this.list.push({ at, state });
  }
}

/** `idle`, `done` and `error` are ways of being over. */
export function judged({ kind }: AgentState): JudgedState {
  return kind === 'idle' || kind === 'done' || kind === 'error' ? 'over' : kind;
}

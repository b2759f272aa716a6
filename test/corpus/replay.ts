/** Replays a recording through our detector with a virtual clock. */

import { type AgentState, Detector } from '../../runtime/agents/terminal/detector.ts';
import { readScreen } from '../../runtime/agents/terminal/screen-rules.ts';
import type { TerminalCli } from '../../runtime/agents/terminal/terminal-cli.ts';
import type { Recording, TrueState } from './recording.ts';
import type { ScreenAt } from './screens.ts';

/** What a method says a CLI does; `unknown` claims nothing. */
export type JudgedState = Exclude<TrueState, 'starting'> | 'unknown';

/** A method's word from a time on. */
export interface Judgement {
  readonly at: number;
  readonly state: JudgedState;
}

/** What our detector says of a recording, fed with everything but the screen. */
export function replayStructured(recording: Recording, cli: TerminalCli): readonly Judgement[] {
  const detector = new Detector(cli.readTitle);
  const said = new Judgements();
  for (const event of recording.events) {
    tickUntil(detector, event.at, said);
    switch (event.kind) {
      case 'output':
        detector.feed({ kind: 'output', at: event.at, bytes: event.bytes });
        break;
      case 'record':
        detector.feed({ kind: 'claims', at: event.at, claims: cli.read(event.record).claims });
        break;
      case 'exit':
        detector.feed({ kind: 'exit', at: event.at, code: event.code, signal: event.signal });
        break;
      case 'typed':
      case 'truth':
        break;
    }
    said.add(event.at, judged(detector.verdict.state));
  }
  tickUntil(detector, lastTime(recording), said);
  return said.list;
}

/** Milliseconds between two looks at a screen that changes. */
export const SCREEN_LOOK_MS = 250;

/** What our detector says when it is given nothing but the screen, looked at when it has changed. */
export function replayScreenOnly(
  recording: Recording,
  cli: TerminalCli,
  screens: readonly ScreenAt[],
): readonly Judgement[] {
  const detector = new Detector();
  const said = new Judgements();
  if (cli.screen === undefined) return said.list;
  let next = 0;
  let shown: ScreenAt | undefined;
  for (let at = 0; at <= lastTime(recording); at += SCREEN_LOOK_MS) {
    const before = shown;
    for (; (screens[next]?.at ?? Number.POSITIVE_INFINITY) <= at; next += 1) shown = screens[next];
    const isNew = shown !== undefined && shown !== before;
    const claim = isNew && shown !== undefined ? readScreen(cli.screen, shown.text) : undefined;
    if (claim !== undefined) detector.feed({ kind: 'claims', at, claims: [claim] });
    said.add(at, judged(detector.verdict.state));
  }
  const exit = recording.events.find(event => event.kind === 'exit');
  if (exit !== undefined) said.add(exit.at, 'exited');
  return said.list;
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

function tickUntil(detector: Detector, at: number, said: Judgements): void {
  for (let due = detector.nextCheckAt; due !== undefined && due <= at; due = detector.nextCheckAt) {
    detector.feed({ kind: 'tick', at: due });
    said.add(due, judged(detector.verdict.state));
  }
}

/** `idle`, `done` and `error` are ways of being over. */
export function judged({ kind }: AgentState): JudgedState {
  return kind === 'idle' || kind === 'done' || kind === 'error' ? 'over' : kind;
}

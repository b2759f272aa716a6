/** What a CLI's screen looks like in each state: the last resort, where nothing structured speaks. Data and one pure function. */
import type { Claim, Need } from './claim.ts';

/** Looks of one CLI, as seen in the versions named. */
export interface ScreenRules {
  /** Versions whose screens the patterns were taken from. */
  readonly versions: string;
  /** Only so many lines from the bottom are looked at: what is above is the conversation, which can say anything. */
  readonly lines: number;
  readonly waiting: readonly { readonly pattern: RegExp; readonly what: Need }[];
  readonly working: readonly RegExp[];
  /** The composer is there, empty. */
  readonly idle: readonly RegExp[];
}

/** What a screen says; undefined where it shows nothing that is known. Waiting wins over working, working over idle. */
export function readScreen(rules: ScreenRules, screen: string): Claim | undefined {
  const bottom = screen.trimEnd().split('\n').slice(-rules.lines).join('\n');
  const source = 'screen';
  const waiting = rules.waiting.find(({ pattern }) => pattern.test(bottom));
  if (waiting !== undefined) {
    return { source, state: { kind: 'waiting', what: waiting.what }, text: shown(waiting.pattern, bottom) };
  }
  const working = rules.working.find(pattern => pattern.test(bottom));
  if (working !== undefined) return { source, state: { kind: 'working' }, text: shown(working, bottom) };
  const idle = rules.idle.find(pattern => pattern.test(bottom));
  return idle && { source, state: { kind: 'idle' }, text: shown(idle, bottom) };
}

/** What a screen shows besides what moves while the CLI works. */
export function linesAtWork({ working }: ScreenRules, screen: string): readonly string[] {
  return screen.split('\n').filter(line => !working.some(pattern => pattern.test(line)));
}

function shown(pattern: RegExp, text: string): string {
  return `the screen shows "${(pattern.exec(text)?.[0] ?? '').trim().slice(0, 80)}"`;
}

/**
 * How others tell what a CLI in a terminal does, written anew from the constants and patterns that they publish. All see
 * nothing but the screen; each is given every screen at once, which is kinder than a terminal multiplexer is.
 */
import type { Recording } from '../../corpus/recording.ts';
import { type JudgedState, type Judgement, Judgements, lastTime } from '../../corpus/replay.ts';
import type { ScreenAt } from '../../corpus/screens.ts';

/** A way to tell the state from screens. */
export interface ScreenMethod {
  readonly name: string;
  /** CLIs whose looks are published for it; absent = it wants to know none. */
  readonly clis?: readonly string[];
  judge(recording: Recording, screens: readonly ScreenAt[]): readonly Judgement[];
}

/** A look at the screen at each tick. */
interface Look {
  readonly at: number;
  readonly text: string;
  readonly cli: string;
}

/** claude-squad: every 500 ms; a pane that has changed is running, one that has not is ready, unless it shows a known question. */
const hashed: ScreenMethod = {
  name: 'screen hash every 500 ms (claude-squad)',
  judge(recording, screens) {
    let before: string | undefined;
    return looks(recording, screens, 500, ({ text, cli }) => {
      const hasChanged = text !== before;
      before = text;
      if (hasChanged) return 'working';
      const question = HASHED_QUESTIONS[cli];
      return question !== undefined && text.includes(question) ? 'waiting' : 'over';
    });
  },
};

const HASHED_QUESTIONS: Readonly<Record<string, string>> = {
  claude: 'No, and tell Claude what to do differently',
  gemini: 'Yes, allow once',
};

/** ccmanager: every 100 ms; phrases on the last 30 lines; busy and waiting are believed after 200 ms, idle after 1.5 s. */
const phrases: ScreenMethod = {
  name: 'phrases every 100 ms, idle after 1.5 s (ccmanager)',
  clis: ['claude', 'codex', 'copilot', 'gemini', 'opencode', 'qwen'],
  judge(recording, screens) {
    let believed: JudgedState = 'over';
    let seen: JudgedState = 'over';
    let since = 0;
    return looks(recording, screens, 100, look => {
      const now = phraseState(look);
      if (now !== seen) since = look.at;
      seen = now;
      if (look.at - since >= (now === 'over' ? 1500 : 200)) believed = now;
      return believed;
    });
  },
};

/** Phrases that mean waiting, then such that mean work; everything else is idle. */
const PHRASES: Readonly<
  Record<string, { readonly waiting: readonly RegExp[]; readonly working: readonly RegExp[] }>
> = {
  claude: {
    waiting: [/(?:do you want|would you like).+\n+[\s\S]*?(?:yes|❯)/i, /❯\s+\d+\./, /esc to cancel/i],
    working: [/esc to interrupt|ctrl\+c to interrupt/i, /^[✱-✽✢✣✤✥✦✧] \S+ing.*…/mu],
  },
  codex: {
    waiting: [
      /press enter to confirm or esc to cancel|confirm with .+ enter/i,
      /allow command\?|\[y\/n\]|yes \(y\)/i,
      /(?:do you want|would you like)[\s\S]*?\n+[\s\S]*?\byes\b/i,
    ],
    working: [/esc.*interrupt/i],
  },
  copilot: {
    waiting: [/confirm with .+ enter/i, /│ do you want/i],
    working: [/esc to cancel/i],
  },
  gemini: {
    waiting: [
      /waiting for user confirmation/i,
      /(?:allow execution|do you want to|apply this change)[\s\S]*?\n+[\s\S]*?\byes\b/i,
    ],
    working: [/esc to cancel/i],
  },
  opencode: {
    waiting: [/△ Permission required/],
    working: [/esc.*interrupt/i],
  },
};
const NO_PHRASES = { waiting: [], working: [] };

function phraseState({ text, cli }: Look): JudgedState {
  // Qwen is a fork of Gemini and looks like it.
  const { waiting, working } = PHRASES[cli === 'qwen' ? 'gemini' : cli] ?? NO_PHRASES;
  if (waiting.some(pattern => pattern.test(text))) return 'waiting';
  return working.some(pattern => pattern.test(text)) ? 'working' : 'over';
}

/** agentapi: a snapshot every 25 ms; stable once nothing has changed for 2 s. It has no state for waiting. */
const stable: ScreenMethod = {
  name: 'snapshots every 25 ms, 2 s stable (agentapi)',
  judge(recording, screens) {
    let before: string | undefined;
    let changedAt = 0;
    return looks(recording, screens, 25, ({ at, text }) => {
      if (text !== before) changedAt = at;
      before = text;
      return at - changedAt >= 2000 ? 'over' : 'working';
    });
  },
};

/** All of them. */
export const screenMethods: readonly ScreenMethod[] = [hashed, phrases, stable];

function looks(
  recording: Recording,
  screens: readonly ScreenAt[],
  everyMs: number,
  judge: (look: Look) => JudgedState,
): readonly Judgement[] {
  const said = new Judgements();
  const exitAt = recording.events.find(({ kind }) => kind === 'exit')?.at ?? Number.POSITIVE_INFINITY;
  let next = 0;
  let text = '';
  for (let at = everyMs; at <= lastTime(recording); at += everyMs) {
    // All of them notice that the process is gone.
    if (at >= exitAt) {
      said.add(at, 'exited');
      break;
    }
    for (; (screens[next]?.at ?? Number.POSITIVE_INFINITY) <= at; next += 1) text = screens[next]?.text ?? '';
    said.add(at, judge({ at, text, cli: recording.cli }));
  }
  return said.list;
}

/** The live terminal of a CLI that the user describes in `config.json` (docs/adding-an-agent-adapter.md). */
import { type DeclaredFailures, declaredReason } from '../declared-failures.ts';
import { type Conditions, fits, textAt, usageAt } from '../declared-places.ts';
import type { LiveTerminalDeclaration } from '../declared-terminal.ts';
import { fillIn } from '../fill-in.ts';
import type { ClaimedState } from './claim.ts';
import { hookCommand, hookPlaces, hookScript } from './hook-script.ts';
import type { ScreenRules } from './screen-rules.ts';
import {
  type ChannelRecord,
  NOTHING,
  type Reading,
  type TerminalCli,
  type TerminalPlace,
  type TerminalSetUp,
  type TurnFact,
  type UseFact,
} from './terminal-cli.ts';

type Events = LiveTerminalDeclaration['events'];
type Signs = LiveTerminalDeclaration['titles'];

/** The live terminal as it is declared. */
export function createDeclaredTerminal(
  name: string,
  { events, titles, notifications, screen, keys }: LiveTerminalDeclaration,
  failures: DeclaredFailures,
): TerminalCli {
  const { interrupt, allow, refuse } = keys;
  return {
    name,
    setUp: place => setUp(events, place),
    readTitle: title => signIn(titles, title),
    readNotification: text => signIn(notifications, text),
    read: record => read(events, failures, record),
    ...(hasPlaceholder(events, 'hook') ? { needsPosixShell: true } : {}),
    submission: () => ({ kind: 'paste' }),
    interruptKeys: typed(interrupt),
    consentKeys: { ...(allow === undefined ? {} : { allow: typed(allow) }), refuse: typed(refuse) },
    ...(screen === undefined ? {} : { screen: screenRules(screen) }),
  };
}

function hasPlaceholder({ args, env }: Events, name: string): boolean {
  return [...args, ...Object.values(env)].some(text => text.includes(`{${name}}`));
}

function setUp(events: Events, { folder }: TerminalPlace): TerminalSetUp {
  const { dir, script } = hookPlaces(folder);
  const eventsFile = `${folder}/events.jsonl`;
  const values = { events_file: eventsFile, hook: hookCommand(script) };
  const [hasFile, hasHook] = [hasPlaceholder(events, 'events_file'), hasPlaceholder(events, 'hook')];
  return {
    args: events.args.map(word => fillIn(word, values)),
    env: Object.fromEntries(Object.entries(events.env).map(([key, text]) => [key, fillIn(text, values)])),
    files: [
      ...(hasFile ? [{ path: eventsFile, text: '' }] : []),
      ...(hasHook ? [{ path: script, text: hookScript(dir) }] : []),
    ],
    channels: [
      ...(hasFile ? [{ kind: 'lines', file: eventsFile } as const] : []),
      ...(hasHook ? [{ kind: 'hooks', dir } as const] : []),
    ],
  };
}

/** What waits for a person wins over work, work over a composer that is there. */
function signIn(signs: Signs, text: string): ClaimedState | undefined {
  const shows = (pattern: string | undefined): boolean =>
    pattern !== undefined && new RegExp(pattern).test(text);
  if (shows(signs.permission)) return { kind: 'waiting', what: 'permission' };
  if (shows(signs.question)) return { kind: 'waiting', what: 'question' };
  if (shows(signs.working)) return { kind: 'working' };
  return shows(signs.idle) ? { kind: 'idle' } : undefined;
}

function screenRules({
  lines,
  working,
  permission,
  question,
  idle,
}: NonNullable<LiveTerminalDeclaration['screen']>): ScreenRules {
  const looks = (pattern: string | undefined): readonly RegExp[] =>
    pattern === undefined ? [] : [new RegExp(pattern, 'm')];
  return {
    versions: 'as declared',
    lines,
    waiting: [
      ...looks(permission).map(pattern => ({ pattern, what: 'permission' }) as const),
      ...looks(question).map(pattern => ({ pattern, what: 'question' }) as const),
    ],
    working: looks(working),
    idle: looks(idle),
  };
}

function read(events: Events, failures: DeclaredFailures, { channel, data }: ChannelRecord): Reading {
  if (channel !== 'hooks' && channel !== 'lines') return NOTHING;
  const source = channel === 'hooks' ? 'hooks' : 'events';
  const { state, text } = meaningOf(events, data);
  return {
    claims: state === undefined ? [] : [{ source, state, text }],
    facts: factsOf(events, failures, data),
    uses: usesOf(events, data),
  };
}

interface Meaning {
  readonly state?: ClaimedState;
  readonly text: string;
}

/** The first that fits: what ends a turn or needs a person must not be overheard. */
function meaningOf(events: Events, data: unknown): Meaning {
  const failure = textAt(data, events.error);
  if (failure !== undefined) return { state: { kind: 'error' }, text: `error: ${failure}` };
  const states = [
    [events.permission, { kind: 'waiting', what: 'permission' }],
    [events.question, { kind: 'waiting', what: 'question' }],
    [events.done, { kind: 'done' }],
    [events.idle, { kind: 'idle' }],
    [events.submitted, { kind: 'working' }],
    [events.working, { kind: 'working' }],
  ] as const;
  for (const [occasion, state] of states) {
    const conditions = occasion?.find(each => fits(data, each));
    if (conditions !== undefined) return { state, text: shown(conditions) };
  }
  return { text: '' };
}

function shown(conditions: Conditions): string {
  return Object.entries(conditions)
    .map(([path, value]) => `${path}=${value}`)
    .join(' ');
}

function factsOf(events: Events, failures: DeclaredFailures, data: unknown): readonly TurnFact[] {
  const conversation = textAt(data, events.conversation);
  const answer = textAt(data, events.answer);
  const failure = textAt(data, events.error);
  return [
    ...(conversation === undefined ? [] : [{ kind: 'conversation', id: conversation } as const]),
    ...(events.submitted.some(each => fits(data, each)) ? [{ kind: 'submitted' } as const] : []),
    ...(answer === undefined ? [] : [{ kind: 'answer', text: answer } as const]),
    ...(failure === undefined ? [] : [failureFact(failure, failures)]),
  ];
}

function failureFact(message: string, failures: DeclaredFailures): TurnFact {
  const reason = declaredReason(failures, message);
  return { kind: 'failure', message, ...(reason === undefined ? {} : { reason }) };
}

function usesOf(events: Events, data: unknown): readonly UseFact[] {
  const usage = usageAt(data, events);
  if (Object.keys(usage).length === 0) return [];
  return [{ kind: 'used', id: textAt(data, events.message) ?? 'the turn', usage }];
}

const NAMED_KEYS: ReadonlyMap<string, string> = new Map([
  ['esc', '\x1b'],
  ['enter', '\r'],
  ['tab', '\t'],
  ['space', ' '],
]);

/** What a terminal sends for a key. */
function typed(key: string): string {
  const letter = /^ctrl\+([a-z])$/.exec(key)?.[1];
  if (letter !== undefined) return String.fromCharCode(letter.charCodeAt(0) - 96);
  return NAMED_KEYS.get(key) ?? key;
}

/**
 * The contract of a CLI's live terminal: how its own text interface is started, watched and spoken to. Data and pure
 * functions, one file per CLI, like the headless adapters beside it. docs/state.md says what each CLI offers.
 */
import type { FailureReason } from '../adapter.ts';
import type { FailureHint } from '../failure-classes.ts';
import type { UsageNote } from '../usage-notes.ts';
import type { AskedQuestion, QuestionReply } from './asked-questions.ts';
import type { Claim } from './claim.ts';
import type { TitleReader } from './detector.ts';
import type { ScreenRules } from './screen-rules.ts';

/** Where a terminal session's channels lie. */
export interface TerminalPlace {
  /** A folder of this session alone, absolute; only its owner may write to it or to any folder above. */
  readonly folder: string;
  /** Where the CLI works. */
  readonly cwd: string;
  /** The environment it will have. */
  readonly env: Readonly<Record<string, string>>;
  readonly platform: NodeJS.Platform;
  /** Model that its command line names. */
  readonly model?: string;
  /** Id of its conversation, where it is told one. */
  readonly conversation?: string;
  /** Where its server is to be, for a CLI that needs one. */
  readonly server?: LocalServer;
}

/** A CLI's own server, on this machine alone. */
export interface LocalServer {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Known to nobody else who uses this machine. */
  readonly password: string;
}

/** A way, besides its terminal, on which a CLI tells what it does. */
export type Channel =
  /** A folder into which hooks put one JSON file per event. */
  | { readonly kind: 'hooks'; readonly dir: string }
  /** A file of JSON lines that only grows. `from`: so many bytes at its beginning are of an earlier terminal. */
  | { readonly kind: 'lines'; readonly file: string; readonly from?: number }
  /** A file of text lines that only grows: a log. */
  | { readonly kind: 'log'; readonly file: string }
  /** A folder of the CLI's own with such files (`.jsonl`); both may come later. */
  | { readonly kind: 'line-files'; readonly dir: string }
  /** A folder with a JSON file `<pid>.json` that is replaced whenever it changes. */
  | { readonly kind: 'status'; readonly dir: string }
  | ServerChannel;

/** The CLI's own server: it streams events (server-sent events, JSON), and answers questions. */
export interface ServerChannel {
  readonly kind: 'server';
  readonly server: LocalServer;
  /** Its name for basic authentication. */
  readonly user: string;
  /** Path of the stream. */
  readonly events: string;
  /**
   * What is asked (GET) on every connection, by name, as nothing is streamed of the time before it. `{conversation}` stands
   * for the conversation's id; while that is not known, such a path is not asked for.
   */
  readonly asks: Readonly<Record<string, string>>;
  /** What an event, or `{ at, asked: { [name]: answer } }`, is noted as: a record, the same after a restart; undefined: not. */
  keep(told: unknown): unknown;
  /** File of the records. */
  readonly journal: string;
}

/** What has to be there before the CLI is started, and what its command line gets. */
export interface TerminalSetUp {
  /** After the program, before the arguments of its adapter. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Variables that hold the user's value with something of ours added: they win over the user's, unlike `env`. */
  readonly extendedEnv?: Readonly<Record<string, string>>;
  /** Written before the start; folders are made. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly channels: readonly Channel[];
}

/** One JSON value from a channel; of a log, a line. */
export interface ChannelRecord {
  readonly channel: Channel['kind'] | 'transcript';
  readonly data: unknown;
}

/** What a record tells about the turn, besides the state. */
export type TurnFact =
  /** The CLI has taken a prompt: the acknowledgement of a submission. */
  | { readonly kind: 'submitted' }
  /** What the model said at the end of its turn. */
  | { readonly kind: 'answer'; readonly text: string }
  /** An answer stands in the conversation's file: from now on the conversation can be gone on with. */
  | { readonly kind: 'kept'; readonly text: string }
  | { readonly kind: 'conversation'; readonly id: string }
  /** File of the conversation, JSON lines. */
  | { readonly kind: 'transcript'; readonly file: string }
  /** The turn ended with an error, in the CLI's own words. `reason`: where they need not be classified. */
  | ({ readonly kind: 'failure'; readonly reason?: FailureReason } & FailureHint)
  /**
   * A person is asked, by the model or about a tool call; the dialog may come a little later. `call`: what is to be
   * allowed, in words. Without it and without questions nothing is asked.
   */
  | { readonly kind: 'asked'; readonly questions: readonly AskedQuestion[]; readonly call?: string }
  /** The CLI tries again by itself, after `delayMs` where it says so. */
  | ({ readonly kind: 'retrying'; readonly attempt?: number; readonly delayMs?: number } & FailureHint);

/** A retry that a CLI makes by itself. */
export type Retry = Extract<TurnFact, { readonly kind: 'retrying' }>;

/** What a record tells about what the conversation uses. */
export type UseFact =
  | ({ readonly kind: 'used' } & UsageNote)
  /** The model of the messages that follow. */
  | { readonly kind: 'model'; readonly model: string };

/** What a record means. */
export interface Reading {
  readonly claims: readonly Claim[];
  readonly facts: readonly TurnFact[];
  readonly uses?: readonly UseFact[];
}

/** A dialog at a CLI's start that nothing but a key can answer. */
export interface StartDialog {
  /** All that it shows, from its heading to its last choice. */
  readonly text: string;
  /** The answer that the person gave by starting the run here. */
  readonly keys: string;
}

/** How a prompt gets into the CLI. */
export type Submission =
  /** Pasted into its composer, then sent by a carriage return of its own. */
  | {
      readonly kind: 'paste';
      /** It says that it takes prompts before its composer is there: that has to be seen (`screen`), too. */
      readonly whenSeen?: true;
    }
  /** Appended to a file that it reads: nothing is typed. */
  | { readonly kind: 'file'; readonly file: string; line(prompt: string): string };

/** One CLI's live terminal. */
export interface TerminalCli {
  readonly name: string;
  /** Pure: what to write, how to start. */
  setUp(place: TerminalPlace): TerminalSetUp;
  readonly readTitle: TitleReader;
  /** It tells by OSC 9;4 whether it works. */
  readonly showsProgress?: true;
  /** Texts of OSC 9 and OSC 777; `bell`. */
  readonly readNotification?: TitleReader;
  /** Takes whatever stands in the channel; what it does not know means nothing. */
  read(record: ChannelRecord): Reading;
  /** For a CLI whose records mean something only after those before: used instead of `read`, anew for every terminal. */
  createReader?(place?: Pick<TerminalPlace, 'model'>): (record: ChannelRecord) => Reading;
  /** Where it keeps a conversation whose transcript file a record has named: read like a channel, as `transcript`. */
  transcriptChannels?(file: string, place: TerminalPlace): readonly Channel[];
  /** It keeps an answer (`kept`) after it has told it: ended before, it has forgotten it. */
  readonly keepsLate?: true;
  /** Its hooks are run by a POSIX shell. */
  readonly needsPosixShell?: true;
  /** It is watched by a server of its own: its place has one. */
  readonly needsServer?: true;
  submission(place: TerminalPlace): Submission;
  startDialog?(place: TerminalPlace): StartDialog;
  /** Keys that break a turn off. */
  readonly interruptKeys: string;
  /** Keys that allow what is asked for once, and that refuse it. Without `allow` only a person at the terminal can. */
  readonly consentKeys: {
    readonly allow?: string;
    readonly refuse: string;
    /** Some refusals open a second dialog, for words to the model: what it shows, and the key that sends it without any. */
    readonly afterRefusal?: { readonly shows: RegExp; readonly key: string };
  };
  /** Writes, one after the other, that answer its dialog of questions; undefined where only a person at it can. */
  answerKeys?(
    questions: readonly AskedQuestion[],
    replies: readonly QuestionReply[],
  ): readonly string[] | undefined;
  /** What a line on its screen says of a retry, where nothing else does. Lines may be anybody's: it must fit whole. */
  readRetry?(line: string): Retry | undefined;
  /** The last resort, while no other source has spoken. */
  readonly screen?: ScreenRules;
}

/** A record that means nothing. */
export const NOTHING: Reading = { claims: [], facts: [] };

/** How the records of one terminal are read. */
export function readerOf(
  cli: TerminalCli,
  place?: Pick<TerminalPlace, 'model'>,
): (record: ChannelRecord) => Reading {
  return cli.createReader?.(place) ?? cli.read;
}

/** Where a turn's conversation stands, as far as a hook says it. */
export function placeFacts(id: string | undefined, file: string | null | undefined): readonly TurnFact[] {
  return [
    ...(id === undefined ? [] : [{ kind: 'conversation', id } as const]),
    ...(typeof file === 'string' ? [{ kind: 'transcript', file } as const] : []),
  ];
}

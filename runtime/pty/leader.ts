import type { Result } from '../result.ts';

/** How a process ended: exactly one of the two is set. */
export type LeaderExit = { readonly code: number | null; readonly signal: string | null };

/** What a leader tells its session. */
export type LeaderEvents = {
  /** Output; the buffer is only valid during the call. Not used by piped children, whose output goes to files. */
  readonly onData: (bytes: Buffer) => void;
  /** Piped children: more raw output is in the files. */
  readonly onProgress: () => void;
  /** Piped children: raw output can no longer be written to its file. */
  readonly onOutputLost: (file: string, message: string) => void;
  /** The process has ended; output may still be on its way. Called once, never before `start` has returned. */
  readonly onExit: (exit: LeaderExit) => void;
};

/** A session's first process with its terminal or pipes. */
export type Leader = {
  readonly pid: number;
  /** Bytes of stdout and stderr in their files; 0 for terminals. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** Takes what fits of `bytes` and says how much; 0 when the child does not read. */
  write(bytes: Buffer): number;
  /** Closes the standard input of a piped child. */
  endInput(): void;
  resize(cols: number, rows: number): void;
  /** Stops and resumes reading output; the kernel then stops the child when its buffer is full. */
  pause(): void;
  resume(): void;
  /** After the exit: resolves when all output printed before the call has been delivered. */
  drain(): Promise<void>;
  /** Releases descriptors. After `drain`. */
  close(): void;
};

/** Why a program could not be started: an errno-like code and a sentence for the user. */
export type SpawnFailure = { readonly kind: 'spawn_failed'; readonly code: string; readonly message: string };

/** What it takes to start a leader. */
export type LeaderSpec = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cols: number;
  readonly rows: number;
};

/** Starts a leader. */
export type StartLeader = (
  spec: LeaderSpec,
  events: LeaderEvents,
) => Result<Leader, SpawnFailure> | Promise<Result<Leader, SpawnFailure>>;

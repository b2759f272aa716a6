import { err, ok, type Result } from '../result.ts';
import { type ProcessCall, type ProcessFailure, runBounded } from './bounded-process.ts';

/** One call of the system's git. */
export interface GitCall extends Omit<ProcessCall, 'command' | 'maxOutputBytes' | 'timeoutMs'> {
  /** Default 64 MiB. */
  readonly maxOutputBytes?: number;
  /** Default 10 minutes. */
  readonly timeoutMs?: number;
  /** Exit codes that are answers, not failures; default only 0. */
  readonly okCodes?: readonly number[];
}

/** What git answered. */
export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly isTruncated: boolean;
}

/** A git call that gave no answer. The command is for people; `stderrTail` holds git's own last words. */
export interface GitFailure {
  readonly kind: 'git';
  readonly reason: 'exit' | ProcessFailure['reason'];
  readonly command: string;
  /** Absent if the process never ran or was ended by a signal. */
  readonly exitCode?: number;
  readonly stderrTail: string;
}

const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;

/** Runs git and collects its answer; a call that is aborted leaves no process behind. */
export async function runGit(call: GitCall): Promise<Result<GitOutput, GitFailure>> {
  const answer = await runBounded({
    maxOutputBytes: DEFAULT_MAX_OUTPUT_BYTES,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    ...call,
    command: 'git',
  });
  const failed = { kind: 'git', command: describeCall(call.args) } as const;
  if (!answer.ok) return err({ ...failed, ...answer.failure });
  const { exitCode, stdout, stderrTail, isTruncated } = answer.value;
  if (isTruncated) return ok({ exitCode: 0, stdout, isTruncated });
  if (exitCode === undefined) return err({ ...failed, reason: 'exit', stderrTail });
  if (!(call.okCodes ?? [0]).includes(exitCode))
    return err({ ...failed, reason: 'exit', exitCode, stderrTail });
  return ok({ exitCode, stdout, isTruncated });
}

/** The command as a person would type it, without the settings that every call of ours carries. */
function describeCall(args: readonly string[]): string {
  let start = 0;
  while (args[start] === '-c') start += 2;
  return ['git', ...args.slice(start)].map(quoteForReading).join(' ');
}

function quoteForReading(arg: string): string {
  return /^[\w@%+=:,./^{}~-]+$/.test(arg) ? arg : JSON.stringify(arg);
}

/** Exit codes of the command line: a stable contract (design §6). */
export const exitCodes = {
  succeeded: 0,
  failed: 1,
  /** An invalid file, or a command line that makes no sense. */
  usage: 2,
  /** No model of a worker's chain could be used. */
  noModel: 3,
  /** A limit of the file was reached (spec §8). */
  limited: 4,
  /** A person stopped it. */
  stopped: 130,
  /** Nobody reads the output any more: what a shell reports for a program that a closed pipe ended. */
  pipeClosed: 141,
} as const;

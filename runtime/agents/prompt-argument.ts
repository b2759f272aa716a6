import type { TurnRequest } from './adapter.ts';

/** Linux takes no argument above 128 KiB; three bytes a character is the worst that UTF-8 makes of UTF-16. */
const MAX_ARGUMENT = Math.floor((128 * 1024) / 3) - 1024;

/** A prompt for CLIs that take it as an argument only: itself, or where it is too long for one the file to read. */
export function promptArgument({ prompt, promptFile }: TurnRequest): string {
  if (prompt.length <= MAX_ARGUMENT) return prompt;
  return `Read the file ${promptFile} and do what it says. It holds your whole task.`;
}

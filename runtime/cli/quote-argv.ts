import { printableLine } from './printable.ts';
import { truncate } from './text-width.ts';

/**
 * An argv as a person would type it in a POSIX shell, on one line. For reading, not for pasting: white space is folded and
 * long arguments are cut.
 */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}

/** Columns of an argument; scripts and prompts among the arguments are longer. */
const MAX_ARGUMENT = 80;

function quoteArgument(argument: string): string {
  const line = truncate(printableLine(argument), MAX_ARGUMENT);
  const isPlain = /^[\w@%+=:,./\\-]+$/.test(line);
  // The shell expands braces only around a comma or dots: placeholders read better without quotes.
  const isPlaceholder = /^[\w@%+=:./-]*\{\w+\}[\w@%+=:./-]*$/.test(line);
  return isPlain || isPlaceholder ? line : `'${line.replaceAll("'", "'\\''")}'`;
}

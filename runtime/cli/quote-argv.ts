import { printableLine } from './printable.ts';

/** An argv as a person would type it in a POSIX shell, on one line. For reading: white space is folded. */
export function quoteArgv(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
  const line = printableLine(argument);
  const isPlain = /^[\w@%+=:,./\\-]+$/.test(line);
  // The shell expands braces only around a comma or dots: placeholders read better without quotes.
  const isPlaceholder = /^[\w@%+=:./-]*\{\w+\}[\w@%+=:./-]*$/.test(line);
  return isPlain || isPlaceholder ? line : `'${line.replaceAll("'", "'\\''")}'`;
}

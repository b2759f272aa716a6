/** The user's own text inside of Markdown, so that nothing in it is taken for Markdown. */

/** Inline code; fenced by more backticks than the text holds. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').slice(0, maxInline);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(match => match[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Characters of one name or piece of text; hovers are no place to read novels. */
const maxInline = 200;

/** A command line as a person would type it, in a block of its own; for reading, not for pasting. */
export function commandBlock(argv: readonly string[], readsStdin: boolean): string {
  const line = argv.map(quoteArgument).join(' ');
  return `\`\`\`sh\n${line.replaceAll('```', "'''")}${readsStdin ? ' < {prompt_file}' : ''}\n\`\`\``;
}

const maxArgument = 80;

function quoteArgument(argument: string): string {
  const line = argument.replace(/\s+/g, ' ');
  const short = line.length > maxArgument ? `${line.slice(0, maxArgument)}…` : line;
  return /^[\w@%+=:,./\\{}-]+$/.test(short) ? short : `'${short.replaceAll("'", "'\\''")}'`;
}

/** A list, cut with a word about the rest. */
export function bullets(lines: readonly string[], most = 20): string {
  const rest = lines.length - most;
  const shown = lines.slice(0, most).map(line => `- ${line}`);
  return [...shown, ...(rest > 0 ? [`- … and ${rest} more`] : [])].join('\n');
}

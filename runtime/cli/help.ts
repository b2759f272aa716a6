/** The help texts: of the program from the table of verbs, of a verb from its specification. */
import type { Style } from './style.ts';
import type { OptionSpec, VerbSpec } from './verb.ts';
import { verbTable } from './verb-table.ts';

/** What `niia --help` prints. */
export function renderProgramHelp(style: Style): string {
  const groups = [...new Set(verbTable.map(verb => verb.group))];
  const lines = groups.flatMap(group => [
    '',
    style.bold(group),
    ...verbTable
      .filter(verb => verb.group === group)
      .map(verb => `  ${style.cyan(verb.name.padEnd(12))}${verb.summary}`),
  ]);
  return `${[
    'niia runs connector files: AIs that work together, each in its own terminal and git worktree.',
    '',
    `usage: ${style.bold('niia VERB [ARGUMENTS]')}`,
    ...lines,
    '',
    'niia VERB --help tells more. NO_COLOR is honoured; NIIA_HOME moves every file that niia keeps.',
    'Exit: 0 succeeded, 1 failed, 2 invalid file or usage, 3 no model available, 4 limited, 130 stopped.',
  ].join('\n')}\n`;
}

/** What `niia VERB --help` prints. */
export function renderVerbHelp(spec: VerbSpec, style: Style): string {
  const options = Object.entries(spec.options).map(([name, option]) => optionLine(name, option, style));
  const examples = (spec.examples ?? []).map(
    ([command, does]) => `  ${style.cyan(`niia ${command}`)}\n      ${does}`,
  );
  return `${[
    `usage: ${style.bold(`niia ${spec.name} ${spec.usage}`.trimEnd())}`,
    '',
    spec.description,
    ...(options.length > 0 ? ['', ...options] : []),
    ...(examples.length > 0 ? ['', style.bold('Examples'), ...examples] : []),
  ].join('\n')}\n`;
}

function optionLine(name: string, option: OptionSpec, style: Style): string {
  const written = option.value === undefined ? `--${name}` : `--${name} ${option.value}`;
  return `  ${style.cyan(written.padEnd(24))} ${option.help}`;
}

/** What a task of type `connector` runs: the command line's arguments for a definition from tasks.json. */

/** A task as tasks.json defines it. */
export interface ConnectorTask {
  /** Connector file, absolute or from the workspace folder. */
  readonly file: string;
  readonly command: 'run' | 'validate' | 'plan';
  readonly phase?: string;
  readonly from?: string;
  readonly task?: string;
  readonly vars: Readonly<Record<string, string>>;
  readonly yes: boolean;
}

/** Reads a definition; undefined if it names no file. What it has of the wrong type counts as not given. */
export function readTask(definition: Readonly<Record<string, unknown>>): ConnectorTask | undefined {
  const { file, command, phase, from, task, vars, yes } = definition;
  if (typeof file !== 'string' || file === '') return undefined;
  return {
    file,
    command: command === 'validate' || command === 'plan' ? command : 'run',
    ...(typeof phase === 'string' && { phase }),
    ...(typeof from === 'string' && { from }),
    ...(typeof task === 'string' && { task }),
    vars: readVars(vars),
    yes: yes === true,
  };
}

/** The arguments. Every option is one word with its value, which may begin with a dash. */
export function taskArguments({
  file,
  command,
  phase,
  from,
  task,
  vars,
  yes,
}: ConnectorTask): readonly string[] {
  if (command === 'validate') return [command, file];
  return [
    command,
    file,
    ...(phase === undefined ? [] : [`--phase=${phase}`]),
    ...(from === undefined ? [] : [`--from=${from}`]),
    ...(task === undefined ? [] : [`--task=${task}`]),
    ...Object.entries(vars).map(([name, value]) => `--var=${name}=${value}`),
    ...(yes ? ['--yes'] : []),
  ];
}

/** What the task is called in lists. */
export function taskName({ file, command, phase, from }: ConnectorTask): string {
  return [command, file, phase, from === undefined ? undefined : `${from}…`].filter(Boolean).join(' ');
}

function readVars(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

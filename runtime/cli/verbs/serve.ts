/** `niia serve NAME -- PROGRAM [ARGUMENT…]` */
import { err, ok } from '../../result.ts';
import { call, environmentOf, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { misused } from '../failure.ts';
import type { Verb } from '../verb.ts';

const DEFAULT_COLUMNS = 120;
const DEFAULT_ROWS = 40;
const MAX_SIZE = 1000;

/** Starts any program in a terminal that stays when this command has ended. */
export const verb: Verb = {
  spec: {
    name: 'serve',
    usage: 'NAME [--cols N] [--rows N] [--json] -- PROGRAM [ARGUMENT…]',
    description:
      'Starts a program in a terminal of its own that goes on when this command has ended. niia attach NAME shows it,\n' +
      'niia write, wait-idle and get-answer talk to it, niia stop NAME ends it.',
    positionals: { min: 2, max: Number.POSITIVE_INFINITY },
    options: {
      cols: { type: 'value', value: 'N', help: `columns of the terminal (default ${DEFAULT_COLUMNS})` },
      rows: { type: 'value', value: 'N', help: `rows of the terminal (default ${DEFAULT_ROWS})` },
      json: { type: 'flag', help: 'one JSON document: session, pid' },
    },
    examples: [
      ['serve pair -- claude', 'a live Claude Code that scripts can talk to'],
      ["write pair 'explain main.ts' && niia wait-idle pair && niia get-answer pair", 'asks it'],
    ],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const [session = '', ...argv] = args.positionals;
      const cols = readSize(args.value('cols'), DEFAULT_COLUMNS);
      const rows = readSize(args.value('rows'), DEFAULT_ROWS);
      if (cols === undefined || rows === undefined)
        return err(misused(`--cols and --rows take a whole number from 1 to ${MAX_SIZE}`));
      const env = environmentOf(context.env);
      const opened = await call(daemon, 'session/open', { session, argv, cwd: context.cwd, env, cols, rows });
      if (!opened.ok) return opened;
      if (args.flag('json')) terminal.stdout.write(`${JSON.stringify(opened.value)}\n`);
      else terminal.stderr.write(`${opened.value.session} runs as process ${opened.value.pid}\n`);
      return ok(exitCodes.succeeded);
    }),
};

function readSize(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  const value = Number(text);
  return Number.isInteger(value) && value >= 1 && value <= MAX_SIZE ? value : undefined;
}

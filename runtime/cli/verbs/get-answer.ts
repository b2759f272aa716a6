/** `niia get-answer SESSION` */
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { printable } from '../printable.ts';
import { findSession } from '../sessions.ts';
import type { Verb } from '../verb.ts';

/** Prints the answer of a session's last turn, or its screen where its program tells no answers. */
export const verb: Verb = {
  spec: {
    name: 'get-answer',
    usage: 'SESSION [--json]',
    description:
      "Prints the answer of a session's last turn; for programs that tell no answers, the text of its screen (said on\n" +
      'stderr, and as "source" in --json).',
    positionals: { min: 1, max: 1 },
    options: { json: { type: 'flag', help: 'one JSON document: answer, source' } },
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const session = await findSession(daemon, args.positionals[0] ?? '');
      if (!session.ok) return session;
      const found = await call(daemon, 'session/answer', { session: session.value });
      if (!found.ok) return found;
      const { answer, source } = found.value;
      if (args.flag('json')) {
        terminal.stdout.write(`${JSON.stringify(found.value)}\n`);
        return ok(exitCodes.succeeded);
      }
      const text = terminal.stdout.isTerminal ? printable(answer) : answer;
      terminal.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
      if (terminal.stderr.isTerminal) terminal.stderr.write(`(from ${source})\n`);
      return ok(exitCodes.succeeded);
    }),
};

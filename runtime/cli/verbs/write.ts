/** `niia write SESSION TEXT…` */
import { text as readAll } from 'node:stream/consumers';
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { findSession } from '../sessions.ts';
import type { Verb } from '../verb.ts';

/** Types a text into a session, followed by Enter. */
export const verb: Verb = {
  spec: {
    name: 'write',
    usage: 'SESSION TEXT… | - [--raw]',
    description:
      'Types TEXT into a session and presses Enter. SESSION is the name given to niia serve, or RUN/PHASE/WORKER.\n' +
      'With - the text comes from stdin.',
    positionals: { min: 2, max: Number.POSITIVE_INFINITY },
    options: { raw: { type: 'flag', help: 'the text exactly as it is, without Enter' } },
    examples: [['write pair what does main.ts do', 'types it and presses Enter']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const [name = '', ...words] = args.positionals;
      const session = await findSession(daemon, name);
      if (!session.ok) return session;
      const typed = words.length === 1 && words[0] === '-' ? await readAll(terminal.stdin) : words.join(' ');
      const text = args.flag('raw') ? typed : `${typed.replace(/\n$/, '')}\r`;
      const written = await call(daemon, 'session/write', { session: session.value, text });
      return written.ok ? ok(exitCodes.succeeded) : written;
    }),
};

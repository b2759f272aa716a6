/** `niia approve RUN GATE` */
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { choosePhase, showRun } from '../names.ts';
import type { Verb } from '../verb.ts';

/** Opens a gate: the phase of that name starts (spec §5 `gate`). */
export const verb: Verb = {
  spec: {
    name: 'approve',
    usage: 'RUN GATE',
    description: 'Opens the gate before a phase: GATE is the name or number of the phase that waits.',
    positionals: { min: 2, max: 2 },
    options: {},
    examples: [['approve last deploy', 'lets the phase "deploy" of the newest run start']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const [runText = '', gateText = ''] = context.args.positionals;
      const shown = await showRun(daemon, runText);
      if (!shown.ok) return shown;
      const { run, plan } = shown.value;
      const gate = choosePhase(plan, gateText);
      if (!gate.ok) return gate;
      const approved = await call(daemon, 'run/approve', { run, gate: gate.value });
      if (!approved.ok) return approved;
      context.terminal.stderr.write(`approved ${gate.value} of ${run}\n`);
      return ok(exitCodes.succeeded);
    }),
};

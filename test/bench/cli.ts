/** How long a cold command takes, against Node starting and doing nothing, with the same Node and in turns. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { builtCli, CliRig } from '../support/cli-rig.ts';
import { type BenchRow, median } from './row.ts';

const ROUNDS = 31;

const connector = {
  connector: '2.1',
  name: 'bench',
  task: 'Review the last commit',
  models: { primary: 'claude', reviewer: { model: 'opus', fallback: 'primary' } },
  pipeline: {
    phases: [
      { name: 'research', workers: 3, prompt: 'Find out what {task} needs' },
      { name: 'implement', model: 'reviewer', prompt: '{answers.research}', needs: ['research'] },
    ],
  },
};

/** Cold `--version` and `validate`, medians of interleaved runs. */
export async function bench(): Promise<BenchRow[]> {
  await using rig = new CliRig({ repository: 'none' });
  const file = join(rig.folder, rig.connector(connector));
  const commands = {
    nothing: ['-e', '0'],
    version: [builtCli, '--version'],
    validate: [builtCli, 'validate', file],
  };
  const runs = { nothing: [] as number[], version: [] as number[], validate: [] as number[] };
  // One round more, to fill caches: what is measured is a command that is used every day.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of ['nothing', 'version', 'validate'] as const) {
      const took = measure(commands[name], rig.env);
      if (round > 0) runs[name].push(took);
    }
  }
  const baseline = median(runs.nothing);
  return (['version', 'validate'] as const).map(name => {
    const value = median(runs[name]);
    const ratio = value / baseline;
    return {
      name: `cold niia ${name === 'version' ? '--version' : 'validate FILE'}`,
      value,
      unit: 'ms',
      baseline,
      ratio,
      goal: '≤ 2 × node -e 0',
      isMet: ratio <= 2,
      runs: runs[name],
    };
  });
}

function measure(args: readonly string[], env: Readonly<Record<string, string>>): number {
  const started = performance.now();
  const ended = spawnSync(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const took = performance.now() - started;
  if (ended.status !== 0) throw new Error(`${args.join(' ')}: exit ${ended.status}: ${ended.stderr}`);
  return took;
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CliRig } from '../../support/cli-rig.ts';

const dialects = ['http://json-schema.org/draft-07/schema#', 'https://json-schema.org/draft/2020-12/schema'];

test('the built program checks answers by schemas of either dialect, and gives a misfit back once', async () => {
  await using rig = new CliRig();
  const phases = dialects.map(($schema, at) => ({
    name: `p${at}`,
    output: { $schema, type: 'object', required: ['n'] },
    scratchpad: true,
    prompt: `if [ -e .niia/once ]; then echo '{"n":1}'; else echo > .niia/once; echo '{"m":1}'; fi`,
  }));
  const file = rig.connector({ name: 'output', models: { primary: 'shell' }, pipeline: { phases } });
  const { code, stdout, stderr } = await rig.niia(['run', file]);
  assert.equal(code, 0, stdout + stderr);
  const misfits = await rig.niia([
    'run',
    rig.connector({
      name: 'misfit',
      models: { primary: 'shell' },
      pipeline: { phases: [{ name: 'p', output: { type: 'object' }, prompt: 'echo words' }] },
    }),
  ]);
  assert.equal(misfits.code, 1, misfits.stdout + misfits.stderr);
  assert.match(misfits.stdout, /holds no JSON/);
});

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { CliRig } from '../../support/cli-rig.ts';

/** A CLI that answers in JSON lines: in words at first, in JSON where a conversation goes on. */
const program = `
const args = process.argv.slice(2);
if (args[0] === '--version') { console.log('mine 7.1.0'); process.exit(); }
let prompt = '';
process.stdin.on('data', piece => { prompt += piece; }).on('end', () => {
  if (args.includes('--broken')) { console.error('E401 who are you?'); process.exit(9); }
  const answer = args.includes('--resume') ? '{"ok":true}' : 'ready';
  console.log(JSON.stringify({ id: 'talk-1' }));
  console.log(JSON.stringify({ text: prompt === '' ? '' : answer, tokens: { out: 3 } }));
});
`;

function rigWith(changes: object = {}): CliRig {
  const rig = new CliRig();
  const script = rig.write('mine.js', program);
  const mine = {
    command: [process.execPath, script],
    version: [script, '--version'],
    stdin: true,
    conversation: { resume: ['--resume', '{conversation}'] },
    permissions: { 'read-only': { args: ['--careful'], means: 'looks, and touches nothing' } },
    output: { format: 'jsonl', answer: 'text', conversation: 'id', output_tokens: 'tokens.out' },
    failures: [{ match: '^E401', kind: 'auth' }],
    ...changes,
  };
  writeFileSync(join(rig.niiaHome, 'config.json'), JSON.stringify({ agents: { mine } }));
  return rig;
}

const checkSchema = z.object({
  isUsable: z.boolean(),
  rows: z.array(z.object({ part: z.string(), result: z.string(), detail: z.string() })),
});

test('a CLI of the configuration is checked: start, answer, usage, and a conversation that goes on', async () => {
  await using rig = rigWith();
  const { isUsable, rows } = checkSchema.parse(await rig.json(['agents', '--check', 'mine', '--yes']));
  assert.equal(isUsable, true);
  assert.deepEqual(
    rows
      .filter(({ part }) => part !== 'installed')
      .map(({ part, result, detail }) => `${part} ${result}: ${detail}`),
    [
      'version works: mine 7.1.0',
      'starts works: the CLI is up',
      'answers works: ready',
      'usage works: 6 tokens of output, no cost',
      'resume works: a second turn went on with the first',
      'terminal answers none: niia drives it headless only',
      'permission read-only claimed: looks, and touches nothing',
      'permission ask claimed: as its command line says: your configuration does not map it',
      'permission edit claimed: as its command line says: your configuration does not map it',
      'permission full claimed: as its command line says: your configuration does not map it',
    ],
  );
});

test('where nobody can be asked, nothing is spent unless --yes agrees to it', async () => {
  await using rig = rigWith();
  const { code, stdout, stderr } = await rig.niia(['agents', '--check', 'mine']);
  assert.deepEqual([code, stdout], [2, '']);
  assert.match(stderr, /a check spends turns of mine, and nobody can be asked[\s\S]*--yes/);
});

test('a CLI that cannot be used says why, and the check fails', async () => {
  await using rig = rigWith({ model: ['--broken'] });
  const { code, stdout } = await rig.niia(['agents', '--check', 'mine/any', '--yes']);
  assert.equal(code, 1);
  assert.match(stdout, /answers +fails +E401 who are you\?/);
});

test('a CLI whose answer is looked for in the wrong place fails the check, which shows what it printed', async () => {
  await using rig = rigWith({ output: { format: 'jsonl', answer: 'nowhere' } });
  const { code, stdout } = await rig.niia(['agents', '--check', 'mine', '--yes']);
  assert.equal(code, 1);
  assert.match(
    stdout,
    /answers +fails +mine ended without an answer where agents\.mine\.output looks.*"tokens"/,
  );
});

test('a check ends with the first turn that fails, though a run would wait for the model', async () => {
  await using rig = rigWith({ model: ['--broken'], failures: [{ match: '^E401', kind: 'overloaded' }] });
  const { code, stdout } = await rig.niia(['agents', '--check', 'mine/any', '--yes']);
  assert.equal(code, 1);
  assert.match(stdout, /answers +fails +E401 who are you\?/);
});

test('a CLI that is not installed fails the check by its name', async () => {
  await using rig = rigWith({ command: ['no-such-program'] });
  const { code, stdout } = await rig.niia(['agents', '--check', 'mine', '--yes']);
  assert.equal(code, 1);
  assert.match(stdout, /installed +fails +no-such-program is not on PATH/);
});

test('a declaration with a mistake names its place', async () => {
  await using rig = rigWith({ failures: [{ match: '(a+)+', kind: 'auth' }] });
  const { code, stderr } = await rig.niia(['agents']);
  assert.equal(code, 2);
  assert.match(stderr, /agents\.mine\.failures\.0\.match: a repeated group/);
});

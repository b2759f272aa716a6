import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CliOutput } from '../../../../client/cli.ts';
import { actOnFile, type FileCommand, type FileHost } from '../../../../client/commands/run-file.ts';
import type { PlanNote } from '../../../../runtime/plan/plan.ts';
import { ok } from '../../../../runtime/result.ts';
import { planOf, routeOf } from '../../engine/plans.ts';
import { type Person, personWho } from './person.ts';

const uri = 'file:///repo/connector.json';
const needsTask: PlanNote = { severity: 'blocker', code: 'no-prompt', message: 'no prompt', exitCode: 2 };
const needsSubject: PlanNote = {
  severity: 'warning',
  code: 'unknown-placeholder',
  message: 'no value',
  variables: ['subject'],
};

/** The command line as a script: what it prints for the verb that it is called with. */
interface Script {
  readonly notes?: readonly PlanNote[];
  readonly plan?: CliOutput;
  readonly run?: CliOutput;
}

function printed(stdout: string): CliOutput {
  return { code: 0, stdout, stderr: '' };
}

function outputOf(script: Script, argv: readonly string[]): CliOutput {
  const phases = [{ name: 'look', worker: { routes: [routeOf('claude (opus)', { alias: 'primary' })] } }];
  const plan = planOf({ phases, notes: script.notes ?? [] });
  if (argv[0] === 'agents')
    return printed('[{"name":"claude","program":"/bin/claude","isRunnable":true},{"name":"codex"}]');
  if (argv[0] === 'run') return script.run ?? printed('{"run":"demo-1","dir":"/state"}');
  if (argv.includes('--json')) return script.plan ?? printed(JSON.stringify(plan));
  return script.plan ?? printed('the plan');
}

interface Case {
  readonly person?: Person;
  readonly script?: Script;
  readonly host?: Partial<FileHost>;
  readonly memory?: Map<string, unknown>;
}

/** Everything the window saw while a command was carried out. */
async function seenBy(command: FileCommand, argument: unknown, given: Case = {}): Promise<readonly string[]> {
  const { prompter, seen } = given.person ?? personWho();
  const memory = given.memory ?? new Map<string, unknown>();
  const host: FileHost = {
    ...prompter,
    cli: {
      program: () => ({ command: 'node', args: [], env: {} }),
      run: async (argv, { cwd }) => {
        seen.push(`niia ${argv.join(' | ')} in ${cwd}`);
        return ok(outputOf(given.script ?? {}, argv));
      },
    },
    isTrusted: () => true,
    transport: () => 'terminal',
    candidates: async () => [uri],
    pathOf: text => (text.startsWith('file://') ? text.slice('file://'.length) : undefined),
    folderOf: () => '/repo',
    save: async () => true,
    remembered: path => memory.get(path),
    remember: (path, inputs) => void memory.set(path, inputs),
    during: (_, task) => task(),
    showPlan: async (path, text) => void seen.push(`plan of ${path}: ${text}`),
    showProblems: () => void seen.push('show problems'),
    onStarted: run => void seen.push(`started ${run}`),
    ...given.host,
  };
  await actOnFile(command, argument, host);
  return seen;
}

const planned = 'niia plan | /repo/connector.json | --detach | --json | --transport=terminal in /repo';

describe('running a file from the editor', () => {
  it('looks at its plan and starts it in the background', async () => {
    assert.deepEqual(await seenBy('niia.run', { uri }), [
      planned,
      'niia run | /repo/connector.json | --detach | --json | --transport=terminal in /repo',
      'started demo-1',
    ]);
  });

  it('passes the phase in one word with its option, whatever it is called', async () => {
    const [plan, run] = await seenBy('niia.runFrom', { uri, phase: '-x' });
    assert.match(plan ?? '', / \| --from=-x in /);
    assert.match(run ?? '', / \| --from=-x in /);
    assert.match((await seenBy('niia.runPhase', { uri, phase: 'a; rm' }))[1] ?? '', / \| --phase=a; rm in /);
  });

  it('asks for the phase where none is named', async () => {
    const seen = await seenBy('niia.runPhase', { uri }, { person: personWho('look') });
    assert.equal(seen[1], 'choose Which phase?: look');
    assert.match(seen[3] ?? '', /^niia run .*--phase=look/);
  });

  it('asks for the task and the variables that the file lacks, and offers them again next time', async () => {
    const memory = new Map<string, unknown>();
    const script = { notes: [needsTask, needsSubject] };
    const first = await seenBy('niia.run', { uri }, { script, memory, person: personWho('Fix it', 'cats') });
    assert.deepEqual(first.slice(1), [
      'ask Task',
      'ask Value of {subject}',
      'niia run | /repo/connector.json | --detach | --json | --transport=terminal | --task=Fix it | --var=subject=cats in /repo',
      'started demo-1',
    ]);
    const again = await seenBy('niia.run', { uri }, { script, memory });
    assert.deepEqual(again.slice(1), ['ask Task [Fix it]'], 'who goes away starts nothing');
  });

  it('leaves a placeholder as it is where the person gives no value', async () => {
    const seen = await seenBy(
      'niia.run',
      { uri },
      { script: { notes: [needsSubject] }, person: personWho('') },
    );
    assert.equal(
      seen[2],
      'niia run | /repo/connector.json | --detach | --json | --transport=terminal in /repo',
    );
  });

  it('starts nothing that cannot run here, and shows the plan that says why', async () => {
    const blocker: PlanNote = { severity: 'blocker', code: 'no-repository', message: 'no git here' };
    const seen = await seenBy(
      'niia.run',
      { uri },
      { script: { notes: [blocker] }, person: personWho('Show Plan') },
    );
    assert.deepEqual(seen.slice(1, 3), [
      'error: This file cannot run here: no git here | Show Plan',
      'niia plan | /repo/connector.json | --detach | --transport=terminal in /repo',
    ]);
  });

  it('leads from an invalid file to its problems', async () => {
    const stderr = 'a.json:1:2: error[x]: no\n\nniia: "a.json" has an error and cannot run\n';
    const script = { plan: { code: 2, stdout: '', stderr } };
    const seen = await seenBy('niia.run', { uri }, { script, person: personWho('Show Problems') });
    assert.deepEqual(seen.slice(1), [
      'error: "a.json" has an error and cannot run | Show Problems',
      'show problems',
    ]);
  });

  it('tells why a run did not start', async () => {
    const script = { run: { code: 1, stdout: '', stderr: 'niia: the daemon could not be started\n' } };
    assert.equal(
      (await seenBy('niia.run', { uri }, { script }))[2],
      'error: the daemon could not be started',
    );
  });

  it('runs with another model for an alias, chosen from those that are installed', async () => {
    const seen = await seenBy('niia.runWithModel', { uri }, { person: personWho('claude') });
    assert.deepEqual(seen.slice(1, 3), [
      'niia agents | --json in /repo',
      'choose Model for primary: claude, Another model…',
    ]);
    assert.match(seen.at(-2) ?? '', /^niia run .*--model=primary=claude/);
  });

  it('shows the plan with what was given last time', async () => {
    const memory = new Map<string, unknown>([['/repo/connector.json', { task: 'Fix it', vars: {} }]]);
    assert.deepEqual(await seenBy('niia.plan', { uri }, { memory }), [
      'niia plan | /repo/connector.json | --detach | --transport=terminal | --task=Fix it in /repo',
      'plan of /repo/connector.json: the plan',
    ]);
  });
});

describe('a file that is not run', () => {
  const cases: readonly (readonly [string, unknown, Partial<FileHost>, string])[] = [
    [
      'without trust',
      { uri },
      { isTrusted: () => false },
      'warning: Connector files start programs. Trust this workspace to run them.',
    ],
    [
      'not on disk',
      { uri: 'untitled:x' },
      {},
      'warning: Only a file on disk can be run. Save this one first.',
    ],
    [
      'that could not be saved',
      { uri },
      { save: async () => false },
      'warning: The file could not be saved, so it was not run.',
    ],
    [
      'where there is none',
      undefined,
      { candidates: async () => [] },
      'info: Open a connector file to run it.',
    ],
  ];
  for (const [what, argument, host, message] of cases)
    it(`${what}, and the person is told`, async () => {
      assert.deepEqual(await seenBy('niia.run', argument, { host }), [message]);
    });
});

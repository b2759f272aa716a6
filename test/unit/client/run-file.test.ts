import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type RunCommand, type RunHost, runFile } from '../../../client/run-file.ts';

/** Runs a command on a host that writes down what it is asked for. */
async function seenBy(
  command: RunCommand,
  argument: unknown,
  given: Partial<RunHost> = {},
): Promise<readonly string[]> {
  const seen: string[] = [];
  const host: RunHost = {
    isTrusted: () => true,
    activeFile: () => undefined,
    pathOf: uri => (uri.startsWith('file://') ? uri.slice('file://'.length) : undefined),
    save: async uri => {
      seen.push(`save ${uri}`);
      return true;
    },
    openTerminal: async ({ name, argv }) => {
      seen.push(`open "${name}": ${argv.join(' | ')}`);
    },
    refuse: reason => {
      seen.push(`refuse: ${reason}`);
    },
    ...given,
  };
  await runFile(command, argument, host);
  return seen;
}

const uri = 'file:///repo/connector.json';

describe('running a file from the editor', () => {
  const cases: readonly (readonly [RunCommand, string])[] = [
    ['niia.run', 'open "run connector.json": run | /repo/connector.json'],
    ['niia.plan', 'open "plan connector.json": plan | /repo/connector.json'],
  ];
  for (const [command, opened] of cases) {
    it(`${command} saves the file and opens a terminal with it`, async () => {
      assert.deepEqual(await seenBy(command, { uri }), [`save ${uri}`, opened]);
    });
  }

  it('niia.runPhase and niia.runFrom pass the phase in one word with its option, whatever it is called', async () => {
    assert.deepEqual((await seenBy('niia.runPhase', { uri, phase: '-x' })).slice(1), [
      'open "run connector.json -x": run | /repo/connector.json | --phase=-x',
    ]);
    assert.deepEqual((await seenBy('niia.runFrom', { uri, phase: 'a b; rm' })).slice(1), [
      'open "run connector.json a b; rm": run | /repo/connector.json | --from=a b; rm',
    ]);
  });

  it('called without a lens it runs the file in the active editor', async () => {
    const seen = await seenBy('niia.run', undefined, { activeFile: () => uri });
    assert.deepEqual(seen, [`save ${uri}`, 'open "run connector.json": run | /repo/connector.json']);
  });

  it('nothing is saved or started in a workspace that is not trusted', async () => {
    const seen = await seenBy('niia.run', { uri }, { isTrusted: () => false });
    assert.deepEqual(seen, ['refuse: Connector files start programs. Trust this workspace to run them.']);
  });

  it('a file that is not on disk is refused, and so is a call without any file', async () => {
    assert.match(
      (await seenBy('niia.run', { uri: 'untitled:Untitled-1' })).join(),
      /^refuse: Only a file on disk/,
    );
    assert.match((await seenBy('niia.run', { uri: 7 })).join(), /^refuse: Open a connector file/);
  });

  it('a phase or path in which the editor would replace a variable is refused', async () => {
    const seen = await seenBy('niia.runPhase', { uri, phase: '${command:x}' });
    assert.match(seen.join(), /^refuse: VS Code would replace the "\$\{…\}"/);
  });

  it('nothing runs when the file could not be saved', async () => {
    assert.deepEqual(await seenBy('niia.run', { uri }, { save: async () => false }), []);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { TurnCommand } from '../../../runtime/agents/adapter.ts';
import { claude } from '../../../runtime/agents/claude.ts';
import { command } from '../../../runtime/agents/command.ts';
import { builtInAdapters } from '../../../runtime/agents/names.ts';
import { adapterFor, isKnownAdapter, resolveModelString } from '../../../runtime/agents/registry.ts';
import { scriptExtension, shell } from '../../../runtime/agents/shell.ts';
import { request } from './claude-recordings.ts';

const line = ({ argv }: TurnCommand) => argv.join(' ');

describe('claude', () => {
  const common = '/bin/claude -p --output-format stream-json --verbose';

  test('maps each permission to its flags', () => {
    const flags = (['read-only', 'ask', 'edit', 'full'] as const).map(permission =>
      line(claude.headlessCommand(request({ permission }))).replace(`${common} `, ''),
    );
    assert.deepEqual(flags, [
      '--permission-mode default --disallowedTools Edit,Write,NotebookEdit',
      '--permission-mode default',
      '--permission-mode acceptEdits',
      '--permission-mode bypassPermissions',
    ]);
  });

  test('never puts the prompt on the command line of a headless turn', () => {
    const made = claude.headlessCommand(request({ prompt: 'secret words' }));
    assert.equal(made.stdin, 'prompt');
    assert.ok(!line(made).includes('secret'));
  });

  test('names folders outside of the project only as far as the permission goes', () => {
    const folders = [
      { path: '/run/answers', access: 'read' },
      { path: '/run/scratchpad', access: 'write' },
    ] as const;
    const edit = line(claude.headlessCommand(request({ folders })));
    assert.ok(edit.endsWith('--add-dir /run/scratchpad --allowedTools Read(//run/answers/**)'), edit);
    const readOnly = line(claude.headlessCommand(request({ folders, permission: 'read-only' })));
    assert.ok(readOnly.endsWith('Read(//run/answers/**) --allowedTools Read(//run/scratchpad/**)'), readOnly);
  });

  test('puts the route’s own arguments last, so that they win', () => {
    const made = claude.headlessCommand(request({ model: 'opus', args: ['--model', 'haiku'] }));
    assert.deepEqual(made.argv.slice(-4), ['--model', 'opus', '--model', 'haiku']);
  });

  test('starts its TUI without a prompt where there is none', () => {
    assert.equal(
      line(claude.terminalCommand(request({ prompt: '' }))),
      '/bin/claude --permission-mode acceptEdits',
    );
  });
});

describe('shell', () => {
  test('runs the prompt’s file with sh -e, whatever the prompt', () => {
    const made = shell.headlessCommand(request({ program: '', prompt: 'x'.repeat(3_000_000) }));
    assert.deepEqual(made.argv, ['sh', '-e', '/run/prompt.md']);
  });

  test('runs it with PowerShell on Windows, stopping at the first error', () => {
    const made = shell.headlessCommand(
      request({ program: '', platform: 'win32', promptFile: "C:\\it's\\p.ps1" }),
    );
    assert.equal(made.argv.at(-1), "$ErrorActionPreference='Stop'; & 'C:\\it''s\\p.ps1'; exit $LASTEXITCODE");
    assert.equal(scriptExtension('win32'), '.ps1');
  });
});

test('an inline command gets its placeholders inside the arguments, in one pass', () => {
  const made = command.headlessCommand(
    request({
      program: '',
      command: ['cli', '-m', '{model}', 'say: {prompt}', '@{prompt_file}', '{other}'],
      model: 'm',
      prompt: '{model}',
    }),
  );
  assert.deepEqual(made.argv, ['cli', '-m', 'm', 'say: {model}', '@/run/prompt.md', '{other}']);
});

describe('model strings', () => {
  test('are an adapter, an adapter with a model, or a shorthand', () => {
    assert.deepEqual(
      ['claude', 'opus', 'ollama/llama3', 'codex/a/b', 'mine/x'].map(text =>
        resolveModelString(text, ['mine']),
      ),
      [
        { adapter: 'claude' },
        { adapter: 'claude', model: 'opus' },
        { adapter: 'ollama', model: 'llama3' },
        { adapter: 'codex', model: 'a/b' },
        { adapter: 'mine', model: 'x' },
      ],
    );
  });

  test('are nothing else', () => {
    for (const text of ['', 'gpt', 'command', 'claude/', 'nope/x', '/x']) {
      assert.equal(resolveModelString(text), undefined, text);
    }
  });

  test('name adapters that can run', () => {
    for (const name of builtInAdapters) assert.equal(adapterFor(name)?.name, name);
    assert.deepEqual([isKnownAdapter('nope'), adapterFor('nope')], [false, undefined]);
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MarkupContent } from 'vscode-languageserver';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import type { WorkspaceFacts } from '../../../server/facts.ts';
import { hover } from '../../../server/features/hover/hover.ts';
import { atCursor, type ContextParts, contextOf } from '../../support/cursor.ts';

const facts: Partial<WorkspaceFacts> = {
  program: name => (name === 'claude' ? { kind: 'found', path: '/usr/bin/claude' } : { kind: 'not-found' }),
  programVersion: () => '2.1.0 (Claude Code)',
  repository: () => ({ kind: 'found', root: '/home/me/app', worktreeBase: '/home/me/app.worktrees' }),
};

/** The range hovered over, and what is said. */
function hoverAt(
  marked: string,
  parts: ContextParts = { facts },
): readonly [range: string, text: string] | undefined {
  const { snapshot, params } = atCursor(marked);
  const found = hover(snapshot, params, contextOf(parts));
  if (found === null) return undefined;
  assert.ok(MarkupContent.is(found.contents) && found.range);
  const { start, end } = snapshot.positions.offsetsOf(found.range);
  return [snapshot.text.slice(start, end), found.contents.value];
}

const models = '"connector": "2.0", "name": "w", "models": { "smart": ["opus", "codex"] }';
const phases = (text: string, session = '{}') =>
  `{ ${models}, "task": "t", "session": ${session}, "pipeline": { "phases": [${text}] } }`;

describe('hover over models', () => {
  it('shows the chain, the CLIs found here and the command lines of the plan', () => {
    const [range, text] =
      hoverAt(phases('{ "model": "sm|art", "session": { "permission": "read-only" } }')) ?? [];
    assert.equal(range, 'smart');
    const [title, claude, command, codex] = text?.split('\n\n') ?? [];
    assert.equal(title, '**`smart`** · alias → claude (opus) → codex');
    assert.equal(claude, '1. claude (opus) · 2.1.0 (Claude Code), `/usr/bin/claude` · reports its cost');
    assert.match(command ?? '', /^```sh\nclaude -p .*--model opus/);
    const flags = adapterFor('claude')?.permissions['read-only'].args.join(' ') ?? 'no adapter';
    assert.ok(command?.includes(flags), command);
    assert.match(codex ?? '', /^2\. then, if that is unavailable: codex · `codex` is not installed here/);
  });

  it('says the same over the alias itself', () => {
    const [range, text] = hoverAt(`{ ${models.replace('smart', 'sm|art')} }`) ?? [];
    assert.equal(range, 'smart');
    assert.match(text ?? '', /^\*\*`smart`\*\* · alias → claude \(opus\) → codex/);
  });

  it('names what leads nowhere', () => {
    const [, text] = hoverAt('{ "models": { "a|": "clade" } }') ?? [];
    assert.match(text ?? '', /`clade` is neither an alias nor a known model/);
  });

  it('claims nothing about programs nobody has looked for', () => {
    const [, text] = hoverAt('{ "models": { "a|": "codex" } }', {}) ?? [];
    assert.doesNotMatch(text ?? '', /installed/);
  });

  it('takes nothing in names for Markdown', () => {
    const [, text] = hoverAt('{ "models": { "*`|x`*": "codex" } }') ?? [];
    assert.match(text ?? '', /^\*\*``\*`x`\*``\*\*/);
  });
});

describe('hover over phases', () => {
  it('is shown anywhere in a placeholder that takes its answers', () => {
    const [range, text] = hoverAt(phases('{ "name": "one" }, { "prompt": "Read {ans|wers.one}" }')) ?? [];
    assert.equal(range, 'one');
    assert.match(text ?? '', /^\*\*phase `one`\*\*/);
  });

  it('shows workers, worktrees, steps and what it builds on', () => {
    const two =
      '{ "name": "t|wo", "prompt": "{answers.one}", "workers": [{ "name": "a" }, { "model": "shell" }], "steps": [{ "binary": "npm", "args": ["test"] }] }';
    const [range, text] = hoverAt(phases(`{ "name": "one", "workers": 3, "max_parallel": 2 }, ${two}`)) ?? [];
    assert.equal(range, 'two');
    assert.equal(
      text,
      [
        '**phase `two`** · 2 workers',
        '- `a` · claude (opus) → codex · edit, worktree `w-two-a`\n- `2` · shell · edit, worktree `w-two-2`',
        'First: `npm test`',
        'After `one`, from their merged work. Its prompts take the answers of `one`.',
      ].join('\n\n'),
    );
  });

  it('works where a phase is named in another', () => {
    const [range, text] = hoverAt(phases('{ "name": "one" }, { "prompt": "x {answers.o|ne} y" }')) ?? [];
    assert.equal(range, 'one');
    assert.match(text ?? '', /^\*\*phase `one`\*\* · 1 worker/);
  });

  it('shows one worker alone', () => {
    const [range, text] =
      hoverAt(phases('{ "name": "one", "workers": [{ "name": "al|ice" }, { "name": "bob" }] }')) ?? [];
    assert.equal(range, 'alice');
    assert.equal(
      text,
      '**`alice`** of phase `one`\n\n- `alice` · claude (opus) → codex · edit, worktree `w-one-alice`',
    );
  });

  it('works in files with errors', () => {
    const [, text] = hoverAt(phases('{ "name": "on|e", "retries": "many", "workers": 2 }')) ?? [];
    assert.match(text ?? '', /^\*\*phase `one`\*\* · 2 workers/);
  });
});

describe('hover over sessions', () => {
  it('shows every path and branch of a slug', () => {
    const [range, text] =
      hoverAt(
        phases(
          '{ "name": "one", "workers": 2 }, { "name": "two", "session": { "worktree": "z" } }',
          '{ "worktree": "x-{phase|}" }',
        ),
      ) ?? [];
    assert.equal(range, '"x-{phase}"');
    assert.equal(
      text,
      [
        '**2 worktrees**',
        '- `one/1`: `/home/me/app.worktrees/x-one-1`, branch `niia/{run}/w/one/1`\n' +
          '- `one/2`: `/home/me/app.worktrees/x-one-2`, branch `niia/{run}/w/one/2`',
      ].join('\n\n'),
    );
  });

  it('shows no worktree where there is no repository', () => {
    const marked = phases('{ "name": "one", "workers": 2, "session": { "worktree": "x|" } }');
    const [, text] = hoverAt(marked, { facts: { ...facts, repository: () => ({ kind: 'none' }) } }) ?? [];
    const lines = ['1', '2'].map(id => `- \`one/${id}\`: in the workspace folder itself, without commits`);
    assert.equal(text, `**In place**\n\n${lines.join('\n')}`);
  });

  it('shows what a permission becomes', () => {
    const [, text] = hoverAt(phases('{}', '{ "permission": "ed|it" }')) ?? [];
    assert.match(text ?? '', /^May edit files without asking\.\n\n- claude: /);
  });
});

describe('hover over other names', () => {
  it('shows machines, steps, servers and placeholders', () => {
    const cases: readonly (readonly [string, string])[] = [
      [
        phases('{ "machine": "g|pu" }').replace('{ ', '{ "machines": { "gpu": { "ssh": "box" } }, '),
        '**machine `gpu`** · reached by `ssh box`',
      ],
      [
        phases('{ "steps": { "te|st": { "binary": "npm", "args": ["t"], "intent": "write" } } }'),
        '**step `test`** · asks before it runs\n\n```sh\nnpm t\n```',
      ],
      ['{ "tools": { "mcp": { "f|s": { "url": "https://x.y" } } } }', '**MCP server `fs`** · `https://x.y`'],
      [phases('{ "prompt": "{ta|sk}" }'), '`{task}`: `t`'],
      [phases('{ "prompt": "{my|_var}" }'), '`{my_var}` comes from `--var my_var=…`.'],
    ];
    for (const [marked, expected] of cases) assert.equal(hoverAt(marked)?.[1], expected);
  });

  it('is plain text for clients without Markdown', () => {
    const [, text] = hoverAt(phases('{ "prompt": "{ta|sk}" }'), { client: {} }) ?? [];
    assert.equal(text, '{task}: t');
  });

  it('says nothing where there is nothing to say', () => {
    assert.equal(hoverAt('{ "description": "te|xt" }'), undefined);
    assert.equal(hoverAt('|'), undefined);
  });
});

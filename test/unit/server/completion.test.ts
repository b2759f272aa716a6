import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type CompletionItem, InsertTextFormat, TextEdit } from 'vscode-languageserver';
import type { WorkspaceFacts } from '../../../server/facts.ts';
import { completion } from '../../../server/features/completion/completion.ts';
import {
  applyEdits,
  atCursor,
  type ContextParts,
  contextOf,
  snapshotOf,
  withoutTabStops,
} from '../../support/cursor.ts';

const head = '"connector": "2.0", "models": { "smart": ["opus", "codex"], "cheap": "haiku" }';
const file = (rest: string) => `{ ${head}, ${rest} }`;
const phases = (text: string) => file(`"pipeline": { "phases": [${text}] }`);

function itemsAt(marked: string, parts: ContextParts = {}): readonly CompletionItem[] {
  const { snapshot, params } = atCursor(marked);
  return completion(snapshot, params, contextOf(parts)).items;
}

function labelsAt(marked: string, parts: ContextParts = {}): readonly string[] {
  return itemsAt(marked, parts).map(item => item.label);
}

/** The document after the item with this label was accepted. */
function accept(marked: string, label: string, parts: ContextParts = {}): string {
  const { snapshot, params } = atCursor(marked);
  const { items } = completion(snapshot, params, contextOf(parts));
  const item = items.find(candidate => candidate.label === label);
  const edit = item?.textEdit;
  if (!TextEdit.is(edit)) throw new Error(`no ${label} among ${items.map(found => found.label)}`);
  const isSnippet = item?.insertTextFormat === InsertTextFormat.Snippet;
  return applyEdits(snapshot, [isSnippet ? { ...edit, newText: withoutTabStops(edit.newText) } : edit]);
}

/** Accepts, and checks that the outcome is JSON. */
function acceptsTo(marked: string, label: string, expected: string, parts: ContextParts = {}): void {
  const text = accept(marked, label, parts);
  assert.equal(text, expected);
  assert.doesNotThrow(() => JSON.parse(text), `not JSON: ${text}`);
}

describe('completion of models', () => {
  it('offers aliases first, with the chain behind them', () => {
    const items = itemsAt(phases('{ "model": "|" }'));
    const shown = items.slice(0, 2).map(({ label, detail }) => `${label} ${detail}`);
    assert.deepEqual(shown, ['smart → claude (opus) → codex', 'cheap → claude (haiku)']);
  });

  it('offers CLIs, shorthands and cli/model forms of the file', () => {
    const labels = labelsAt(phases('{ "model": "ollama/llama3" }, { "model": "|" }'));
    for (const name of ['claude', 'codex', 'shell', 'opus', 'ollama/llama3'])
      assert.ok(labels.includes(name), name);
  });

  it('says whether the CLI is installed, where that is known', () => {
    const program: WorkspaceFacts['program'] = name =>
      name === 'claude' ? { kind: 'found', path: '/bin/claude' } : { kind: 'not-found' };
    const items = itemsAt(phases('{ "model": "|" }'), { facts: { program } });
    const detailOf = (label: string) => items.find(item => item.label === label)?.detail;
    assert.equal(detailOf('smart'), '→ claude (opus) → codex · installed');
    assert.equal(detailOf('codex'), 'codex with its default model · codex is not installed');
    assert.equal(detailOf('shell'), 'the prompt is a shell script');
  });

  it('replaces the whole text at the cursor', () => {
    acceptsTo(phases('{ "model": "sm|xx" }'), 'smart', phases('{ "model": "smart" }'));
  });

  it('writes quotes where there are none', () => {
    acceptsTo(phases('{ "model": | }'), 'smart', phases('{ "model": "smart" }'));
    acceptsTo(phases('{ "model": sma| }'), 'smart', phases('{ "model": "smart" }'));
  });

  it('writes the comma that the next key needs', () => {
    acceptsTo(
      phases('{ "model": |\n "prompt": "x" }'),
      'smart',
      phases('{ "model": "smart",\n "prompt": "x" }'),
    );
  });

  it('closes a text whose end is missing', () => {
    acceptsTo(phases('{ "model": "sm|\n }'), 'smart', phases('{ "model": "smart"\n }'));
    acceptsTo(
      phases('{ "model": "|, "prompt": "x" }'),
      'smart',
      phases('{ "model": "smart", "prompt": "x" }'),
    );
  });

  it('adds to the models of a route, without the alias itself', () => {
    const marked = '{ "connector": "2.0", "models": { "a": ["claude" |], "b": "codex" } }';
    assert.ok(!labelsAt(marked).includes('a'));
    acceptsTo(marked, 'b', '{ "connector": "2.0", "models": { "a": ["claude" , "b"], "b": "codex" } }');
  });

  it('works in routes of every form', () => {
    for (const route of ['"|"', '["|"]', '{ "model": "|" }', '{ "model": "opus", "fallback": ["|"] }']) {
      assert.ok(labelsAt(`{ "models": { "x": ${route}, "y": "claude" } }`).includes('y'), route);
    }
  });

  it('works for participants, agents and workers', () => {
    for (const owner of [
      '"type": "dialogue", "participants": [{ "model": "|" }]',
      '"type": "mesh", "agents": [{ "model": "|" }]',
      '"pipeline": { "phases": [{ "workers": [{ "model": "|" }] }] }',
    ]) {
      assert.ok(labelsAt(file(owner)).includes('smart'), owner);
    }
  });

  it('offers nothing where text is free', () => {
    assert.deepEqual(labelsAt(phases('{ "description": "|" }')), []);
    assert.deepEqual(labelsAt(phases('{ "output": { "model": "|" } }')), []);
    assert.deepEqual(labelsAt(`${phases('{}')} |`), []);
  });

  it('offers nothing in comments', () => {
    assert.deepEqual(labelsAt(phases('{ // "model": "|"\n }')), []);
    assert.deepEqual(labelsAt(phases('{ /* "model": | */ }')), []);
  });

  it('takes // in an address for no comment', () => {
    const marked = phases('{ "prompt": "see https://example.com", "model": | }');
    assert.ok(labelsAt(marked).includes('smart'));
  });
});

describe('completion of aliases', () => {
  it('offers the names that are used and not defined', () => {
    const marked = '{ "models": { | }, "pipeline": { "phases": [{ "model": "smart" }] } }';
    assert.deepEqual(labelsAt(marked), ['smart', 'primary', 'fallback']);
    acceptsTo(marked, 'smart', marked.replace('|', '"smart": "claude"'));
  });

  it('writes only the key where a value stands already', () => {
    acceptsTo('{ "models": { "p|": "codex" } }', 'primary', '{ "models": { "primary": "codex" } }');
  });

  it('writes commas on both sides', () => {
    acceptsTo(
      '{ "models": { "a": "codex"\n | \n"b": "codex" } }'.replace('"a": "codex"', '"a": "codex",'),
      'primary',
      '{ "models": { "a": "codex",\n "primary": "claude", \n"b": "codex" } }',
    );
  });

  it('writes no tab stops for clients without snippets', () => {
    const item = itemsAt('{ "models": { "|" } }', { client: {} }).find(({ label }) => label === 'primary');
    assert.equal(item?.insertTextFormat, InsertTextFormat.PlainText);
    assert.equal(item?.textEdit?.newText, '"primary": "claude"');
  });
});

describe('completion of phases and participants', () => {
  const two = '{ "name": "one" }, { "name": "two" }';

  it('offers earlier phases that are not named yet', () => {
    assert.deepEqual(labelsAt(phases(`${two}, { "needs": ["one", "|"] }, { "name": "late" }`)), ['two']);
    acceptsTo(phases(`${two}, { "needs": [|] }`), 'two', phases(`${two}, { "needs": ["two"] }`));
    acceptsTo(
      phases(`${two}, { "needs": ["one" |] }`),
      'two',
      phases(`${two}, { "needs": ["one" , "two"] }`),
    );
  });

  it('offers participants as moderator', () => {
    const meeting = file('"type": "meeting", "moderator": "|", "participants": [{ "id": "ann" }, {}]');
    assert.deepEqual(labelsAt(meeting), ['ann', '2']);
  });

  it('offers steps of the phase after a rule', () => {
    const steps = (next: string) =>
      phases(
        `{ "steps": { "test": { "binary": "npm", "output": { "bad": { "match": "exit:1", "next": [${next}] } } }, "fix": { "binary": "x" } } }`,
      );
    assert.deepEqual(labelsAt(steps('"|"')), ['test', 'fix']);
    acceptsTo(steps('|'), 'fix', steps('"fix"'));
  });

  it('offers forms of a match', () => {
    const match = phases('{ "steps": [{ "binary": "x", "output": { "r": { "match": "|" } } }] }');
    acceptsTo(match, 'exit:0', match.replace('|', 'exit:0'));
  });
});

describe('completion of machines and MCP servers', () => {
  it('offers machines of file, configuration and ssh', () => {
    const facts: Partial<WorkspaceFacts> = {
      user: () => ({ agents: {}, machines: ['farm'] }),
      sshHosts: () => ['box', 'farm'],
    };
    const marked = file(
      '"machines": { "gpu": { "srun": [] } }, "pipeline": { "phases": [{ "machine": "|" }] }',
    );
    const items = itemsAt(marked, { facts });
    assert.deepEqual(
      items.map(({ label, detail }) => `${label}: ${detail}`),
      ['gpu: of this file · srun', 'farm: of your configuration', 'box: host of your ssh configuration'],
    );
  });

  it('offers MCP servers of the workspace that are not listed yet', () => {
    const place = { uri: 'file:///project/.mcp.json', range: { start: 0, end: 0 }, text: '' };
    const facts = { mcpServers: () => ['github', 'search'].map(name => ({ name, ...place })) };
    const marked = file('"tools": { "mcp": ["github", "|"] }');
    assert.deepEqual(labelsAt(marked, { facts }), ['search']);
  });
});

describe('completion of permissions', () => {
  it('says what each becomes for the CLI of the worker', () => {
    const items = itemsAt(phases('{ "model": "smart", "session": { "permission": "|" } }'));
    assert.deepEqual(
      items.map(({ label }) => label),
      ['read-only', 'ask', 'edit', 'full'],
    );
    assert.match(items[2]?.detail ?? '', /^claude: --permission-mode/);
  });

  it('gives the meaning where no CLI is known', () => {
    const items = itemsAt('{ "session": { "permission": | } }');
    assert.equal(items[0]?.detail, 'May read, must not change anything.');
  });
});

describe('completion of placeholders', () => {
  const review = '{ "name": "review", "workers": [{ "name": "a" }, { "name": "b" }] }';

  it('offers built-in names after a brace', () => {
    acceptsTo(phases('{ "prompt": "Do {ta| now" }'), '{task}', phases('{ "prompt": "Do {task} now" }'));
    acceptsTo(phases('{ "prompt": "Do {|} now" }'), '{task}', phases('{ "prompt": "Do {task} now" }'));
  });

  it('offers answers of the phases that are over, and of each worker', () => {
    const labels = labelsAt(phases(`${review}, { "prompt": "{answers.|" }, { "name": "late" }`));
    assert.deepEqual(labels.slice(-3), ['{answers.review}', '{answers.review.a}', '{answers.review.b}']);
  });

  it('leaves out phases that are not waited for', () => {
    const labels = labelsAt(phases(`${review}, { "needs": [], "prompt": "{|" }`));
    assert.ok(labels.every(label => !label.startsWith('{answers.')));
  });

  it('escapes names as the text around them is', () => {
    const marked = phases('{ "name": "a \\"b\\"" }, { "prompt": "{|" }');
    acceptsTo(marked, '{answers.a "b"}', marked.replace('{|', '{answers.a \\"b\\"}'));
  });

  it('counts escapes before the cursor right', () => {
    const marked = phases('{ "prompt": "line\\n\\u00e9 {wo|" }');
    acceptsTo(marked, '{worker}', marked.replace('{wo|', '{worker}'));
  });

  it('offers nothing while a word is written, nor after a literal brace', () => {
    assert.deepEqual(labelsAt(phases('{ "prompt": "some wor|" }')), []);
    assert.deepEqual(labelsAt(phases('{ "prompt": "{{|" }')), []);
  });

  it('works in slugs, roles, arguments and environments', () => {
    for (const text of [
      phases('{ "session": { "worktree": "x-{|" } }'),
      phases('{ "session": { "setup": ["{|"] } }'),
      phases('{ "steps": [{ "binary": "x", "args": ["{|"] }] }'),
      '{ "models": { "x": { "command": ["y", "{|"] } } }',
      file('"type": "meeting", "participants": [{ "role": "{|" }]'),
    ]) {
      assert.ok(labelsAt(text).includes('{worker}'), text);
    }
  });

  it('offers the variable of the same name', () => {
    const marked = '{ "session": { "env": { "TOKEN": "|" } } }';
    acceptsTo(marked, '${env:TOKEN}', marked.replace('|', '${env:TOKEN}'));
    acceptsTo(marked.replace('|', '${e|}'), '${env:TOKEN}', marked.replace('|', '${env:TOKEN}'));
  });
});

describe('completion of files', () => {
  const folders: Readonly<Record<string, readonly string[]>> = {
    'file:///project': ['test.connector.json', 'prompts/', 'notes.md', 'sub.connector.json', '.git/'],
    'file:///project/prompts': ['a.md', 'b "c".md'],
  };
  const facts: Partial<WorkspaceFacts> = {
    directory: uri =>
      (folders[uri] ?? []).map(name => ({ name: name.replace('/', ''), isDirectory: name.endsWith('/') })),
  };

  it('offers fitting files, folders last, never itself', () => {
    assert.deepEqual(labelsAt(phases('{ "connector": "|" }'), { facts }), ['sub.connector.json', 'prompts/']);
    assert.deepEqual(labelsAt(file('"agent": { "flow": "|" }'), { facts }), ['notes.md', 'prompts/']);
  });

  it('goes into folders', () => {
    const marked = phases('{ "prompt_file": "prompts/|" }');
    acceptsTo(marked, 'a.md', marked.replace('|', 'a.md'), { facts });
    acceptsTo(marked, 'b "c".md', marked.replace('|', 'b \\"c\\".md'), { facts });
  });

  it('asks again after a folder', () => {
    const item = itemsAt(phases('{ "prompt_file": "pro|" }'), { facts }).find(
      ({ label }) => label === 'prompts/',
    );
    assert.equal(item?.command?.command, 'editor.action.triggerSuggest');
  });

  it('writes the whole text where no quote is', () => {
    acceptsTo(phases('{ "prompt_file": | }'), 'notes.md', phases('{ "prompt_file": "notes.md" }'), { facts });
  });
});

describe('completion in any text', () => {
  it('answers at every place of broken texts', () => {
    const texts = [
      '',
      '{',
      '{"models": {"a',
      '[',
      '{"pipeline": {"phases": [{"model": ',
      '<<<<<<< HEAD\n{"a": 1}\n=======\n',
    ];
    for (const text of texts) {
      for (let at = 0; at <= text.length; at++)
        assert.doesNotThrow(() => labelsAt(`${text.slice(0, at)}|${text.slice(at)}`));
    }
  });

  it('counts in UTF-8 where the client does', () => {
    const options = { encoding: 'utf-8' } as const;
    const { snapshot, params } = atCursor(phases('{ "description": "äöü😀", "model": "|" }'), options);
    const { items } = completion(snapshot, params, contextOf());
    const edit = items.find(({ label }) => label === 'smart')?.textEdit;
    assert.ok(TextEdit.is(edit));
    assert.equal(applyEdits(snapshot, [edit]), phases('{ "description": "äöü😀", "model": "smart" }'));
  });

  it('cuts long lists and says so', () => {
    const many = Array.from({ length: 400 }, (_, index) => `{ "name": "p${index}" }`).join();
    const { snapshot, params } = atCursor(phases(`${many}, { "needs": ["p39|"] }`));
    const list = completion(snapshot, params, contextOf());
    assert.equal(list.isIncomplete, true);
    assert.equal(list.items.length, 11);
  });

  it('knows the aliases of other files as no aliases of this one', () => {
    const other = snapshotOf('{ "models": { "theirs": "ollama/qwen3" } }');
    const labels = labelsAt(phases('{ "model": "|" }'), { workspace: [other] });
    assert.ok(labels.includes('ollama/qwen3') && !labels.includes('theirs'));
  });
});

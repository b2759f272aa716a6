import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WorkspaceFacts } from '../../../server/facts.ts';
import { definition } from '../../../server/features/definition.ts';
import { ableClient, contextOf, fixture, mark, short } from './navigation-rig.ts';

const mcpText = '{"mcpServers": {"docs": {"command": "x"}}}';
const facts: Partial<WorkspaceFacts> = {
  mcpServers: () => [
    { name: 'docs', uri: 'file:///project/.mcp.json', range: { start: 16, end: 22 }, text: mcpText },
  ],
};

/** Where the `|` leads: the target's own name, or the text with the target in «». */
function targetsOf(marked: string): string {
  const { snapshot, params } = fixture(marked);
  const links = definition(snapshot, params, contextOf([snapshot], facts));
  return links
    .map(link => {
      assert.ok('targetUri' in link);
      if (link.targetUri === snapshot.uri) return mark(snapshot, [link.targetSelectionRange]);
      const { start, end } = link.targetSelectionRange;
      return `${short(link.targetUri)} ${start.line}:${start.character}-${end.character}`;
    })
    .join('\n');
}

const cases: Readonly<Record<string, readonly [string, string]>> = {
  'an alias where a model is asked for': [
    '{"models":{"a":"claude"},"pipeline":{"phases":[{"model":"|a"}]}}',
    '{"models":{"«a»":"claude"},"pipeline":{"phases":[{"model":"a"}]}}',
  ],
  'an alias in another route': [
    '{"models":{"a":"claude","b":{"model":"codex","fallback":"a|"}}}',
    '{"models":{"«a»":"claude","b":{"model":"codex","fallback":"a"}}}',
  ],
  'a phase in needs': [
    '{"pipeline":{"phases":[{"name":"x"},{"needs":["|x"]}]}}',
    '{"pipeline":{"phases":[{"name":"«x»"},{"needs":["x"]}]}}',
  ],
  'a phase in a placeholder of a slug': [
    '{"pipeline":{"phases":[{"name":"x"},{"session":{"worktree":"{answers.|x}"}}]}}',
    '{"pipeline":{"phases":[{"name":"«x»"},{"session":{"worktree":"{answers.x}"}}]}}',
  ],
  'a worker in a placeholder': [
    '{"pipeline":{"phases":[{"name":"x","workers":[{"name":"w"}]},{"prompt":"{answers.x.w|}"}]}}',
    '{"pipeline":{"phases":[{"name":"x","workers":[{"name":"«w»"}]},{"prompt":"{answers.x.w}"}]}}',
  ],
  'the word before the names': [
    '{"pipeline":{"phases":[{"name":"x"},{"prompt":"{ans|wers.x}"}]}}',
    '{"pipeline":{"phases":[{"name":"«x»"},{"prompt":"{answers.x}"}]}}',
  ],
  'a worker of a number': [
    '{"pipeline":{"phases":[{"name":"x","workers":3},{"prompt":"{answers.x.|2}"}]}}',
    '{"pipeline":{"phases":[{"name":"x","workers":«3»},{"prompt":"{answers.x.2}"}]}}',
  ],
  'a phase without a name': [
    '{"pipeline":{"phases":[{"prompt":"p"},{"needs":["phase-|1"]}]}}',
    '{"pipeline":{"phases":[«{»"prompt":"p"},{"needs":["phase-1"]}]}}',
  ],
  'a moderator': [
    '{"type":"meeting","participants":[{"id":"a"}],"moderator":"|a"}',
    '{"type":"meeting","participants":[{"id":"«a»"}],"moderator":"a"}',
  ],
  'a machine': [
    '{"machines":{"gpu":{"ssh":"g"}},"pipeline":{"phases":[{"machine":["|gpu"]}]}}',
    '{"machines":{"«gpu»":{"ssh":"g"}},"pipeline":{"phases":[{"machine":["gpu"]}]}}',
  ],
  'a step in next': [
    '{"pipeline":{"phases":[{"steps":{"a":{"binary":"x","output":{"r":{"match":"exit:0","next":["|b"]}}},"b":{"binary":"y"}}}]}}',
    '{"pipeline":{"phases":[{"steps":{"a":{"binary":"x","output":{"r":{"match":"exit:0","next":["b"]}}},"«b»":{"binary":"y"}}}]}}',
  ],
  'an MCP server of another file, without its quotes': ['{"tools":{"mcp":["|docs"]}}', '.mcp.json 0:17-21'],
  'the placeholder of the task': [
    '{"task":"do it","pipeline":{"phases":[{"prompt":"{|task}"}]}}',
    '{"task":«"do it"»,"pipeline":{"phases":[{"prompt":"{task}"}]}}',
  ],
  'the placeholder of the phase': [
    '{"pipeline":{"phases":[{"name":"x","prompt":"{|phase}"}]}}',
    '{"pipeline":{"phases":[{"name":"«x»","prompt":"{phase}"}]}}',
  ],
  'a prompt file': ['{"pipeline":{"phases":[{"prompt_file":"a b/|p.md"}]}}', 'a%20b/p.md 0:0-0'],
  'a sub-connector': [
    '{"pipeline":{"phases":[{"connector":"./sub.connector.js|on"}]}}',
    'sub.connector.json 0:0-0',
  ],
  'an agent flow': ['{"agent":{"flow":"|F.md"}}', 'F.md 0:0-0'],
  'an output schema': ['{"pipeline":{"phases":[{"output":"s.jso|n"}]}}', 's.json 0:0-0'],
};

for (const [what, [marked, expected]] of Object.entries(cases)) {
  test(`definition leads from ${what} to where it is defined`, () => {
    assert.equal(targetsOf(marked), expected);
  });
}

test('what no file defines leads nowhere', () => {
  const texts = [
    '{"pipeline":{"phases":[{"model":"|claude"}]}}',
    '{"pipeline":{"phases":[{"machine":"|far"}]}}',
    '{"pipeline":{"phases":[{"prompt":"{|run}"}]}}',
    '{"pipe|line":{}}',
  ];
  for (const text of texts) assert.equal(targetsOf(text), '', text);
});

test('a link carries the whole definition for a peek, and the name it came from', () => {
  const { snapshot, params } = fixture(
    '{"models":{"a":{"model":"claude"}},"pipeline":{"phases":[{"model":"|a"}]}}',
  );
  const [link] = definition(snapshot, params, contextOf([snapshot]));
  assert.ok(link && 'targetUri' in link && link.originSelectionRange);
  assert.equal(
    mark(snapshot, [link.targetRange, link.originSelectionRange]),
    '{"models":{«"a":{"model":"claude"}»},"pipeline":{"phases":[{"model":"«a»"}]}}',
  );
});

test('the peek of a phase is the whole phase', () => {
  const { snapshot, params } = fixture(
    '{"pipeline":{"phases":[{"name":"x","model":"claude"},{"needs":["|x"]}]}}',
  );
  const [link] = definition(snapshot, params, contextOf([snapshot]));
  assert.ok(link && 'targetUri' in link);
  assert.equal(
    mark(snapshot, [link.targetRange]),
    '{"pipeline":{"phases":[«{"name":"x","model":"claude"}»,{"needs":["x"]}]}}',
  );
});

test('clients without links get plain locations', () => {
  const { snapshot, params } = fixture('{"models":{"a":"claude","b":"|a"}}');
  const client = { ...ableClient, definitionLinks: false };
  const [location] = definition(snapshot, params, contextOf([snapshot], {}, { client }));
  assert.ok(location && 'range' in location);
  assert.equal(mark(snapshot, [location.range]), '{"models":{"«a»":"claude","b":"a"}}');
});

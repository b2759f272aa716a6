/** The tables of docs/agents.md are those of the adapters. UPDATE_GOLDEN=1 writes them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AgentAdapter } from '../../../runtime/agents/adapter.ts';
import { builtInAdapters } from '../../../runtime/agents/names.ts';
import { adapterFor } from '../../../runtime/agents/registry.ts';

const page = new URL('../../../docs/agents.md', import.meta.url);
const adapters = builtInAdapters.flatMap(name => adapterFor(name) ?? []);

function overview(): string {
  const rows = adapters.map(adapter => {
    const { name, testedVersion = '–', reports, canResume, mcp } = adapter;
    const how = name === 'shell' ? 'by command' : mcp === 'native' ? 'natively' : 'by command';
    return `| ${name} | ${testedVersion} | ${reports} | ${canResume ? 'yes' : 'no'} | ${how} |\n`;
  });
  return `| CLI | tested | reports | resumes | MCP |\n|---|---|---|---|---|\n${rows.join('')}`;
}

function permissions(): string {
  const rows = adapters.flatMap((adapter: AgentAdapter) =>
    (['read-only', 'ask', 'edit', 'full'] as const).map(
      (level, index) =>
        `| ${index === 0 ? adapter.name : ''} | ${level} | ${adapter.permissions[level].means} |\n`,
    ),
  );
  return `| CLI | permission | means |\n|---|---|---|\n${rows.join('')}`;
}

/** The text with what stands between the marks of that name replaced. */
function withBlock(text: string, name: string, block: string): string {
  const mark = new RegExp(`(<!-- ${name}:[^\\n]*-->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  assert.match(text, mark);
  return text.replace(mark, (_, before: string, after: string) => `${before}${block}${after}`);
}

test('the page of the CLIs says what their adapters do', () => {
  const text = readFileSync(page, 'utf8');
  const expected = withBlock(withBlock(text, 'adapters', overview()), 'permissions', permissions());
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(page, expected);
  else assert.equal(text, expected);
});

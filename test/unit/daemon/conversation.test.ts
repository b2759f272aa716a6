import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claude } from '../../../runtime/agents/claude.ts';
import { cline } from '../../../runtime/agents/cline.ts';
import { codex } from '../../../runtime/agents/codex.ts';
import { conversationOf } from '../../../runtime/daemon/conversation.ts';
import type { Command } from '../../../runtime/engine/commands.ts';
import type { RunEvent } from '../../../runtime/engine/events.ts';

type Turn = Extract<Command, { readonly kind: 'turn' }>;

const first: Turn = {
  kind: 'turn',
  id: 'c1',
  worker: 'work/1',
  attempt: 1,
  turn: 1,
  route: 0,
  input: { kind: 'prompt' },
};
const misfit: Turn = { ...first, turn: 2, input: { kind: 'misfit', errors: '- no' } };

function journal(...told: readonly (string | undefined)[]): readonly RunEvent[] {
  const about = { v: 1, at: '2026-01-01T00:00:00.000Z', worker: 'work/1', attempt: 1 } as const;
  return told.flatMap((conversation, index): readonly RunEvent[] => [
    { ...about, seq: 2 * index + 1, kind: 'turn-started', turn: index + 1, route: 0, label: 'x' },
    {
      ...about,
      seq: 2 * index + 2,
      kind: 'turn-alive',
      evidence: 'up',
      ...(conversation === undefined ? {} : { conversation }),
    },
  ]);
}

test('a misfit goes on with the conversation of the turn before it, under the id that we gave', () => {
  const begun = conversationOf('run', first, claude, []);
  assert.deepEqual(conversationOf('run', misfit, claude, journal('other')), { id: begun?.id, isNew: false });
});

test('ids are UUIDs of a version that every CLI takes, other ones for every turn', () => {
  const ids = [1, 2, 3].map(turn => conversationOf('run', { ...first, turn }, claude, [])?.id ?? '');
  assert.equal(new Set(ids).size, 3);
  for (const id of ids)
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('where the CLI names conversations, the one that it told is gone on with', () => {
  assert.deepEqual(conversationOf('run', misfit, codex, journal('thread-1')), {
    id: 'thread-1',
    isNew: false,
  });
});

test('what the CLI tells in the turn itself, before a restart, does not count', () => {
  const again = journal('thread-1', 'thread-2');
  assert.deepEqual(conversationOf('run', misfit, codex, again), { id: 'thread-1', isNew: false });
});

test('where the CLI told no name, a conversation starts', () => {
  assert.equal(conversationOf('run', misfit, codex, journal(undefined))?.isNew, true);
});

test('a CLI that cannot go on has no conversation', () => {
  assert.equal(conversationOf('run', misfit, cline, journal('x')), undefined);
});

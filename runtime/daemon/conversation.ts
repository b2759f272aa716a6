/** Ids of conversations that we give to CLIs: computed, so that a turn taken up after a restart names the same one. */
import { createHash } from 'node:crypto';
import type { AgentAdapter, Usage } from '../agents/adapter.ts';
import type { Command } from '../engine/commands.ts';
import type { RunEvent, RunEventOf } from '../engine/events.ts';
import { sumOfUsage, usageEventsOf } from './performer/turn-meter.ts';

type TurnCommand = Extract<Command, { readonly kind: 'turn' }>;
type TurnPlace = Pick<TurnCommand, 'worker' | 'attempt' | 'turn'>;

/** A conversation that a worker left, for a later run to go on with. */
export type LeftConversation = NonNullable<RunEventOf<'worktree-ready'>['conversation']>;

/**
 * The conversation of a turn, for CLIs that have any. A misfit goes on with the conversation of the turn before it, the
 * first turn with the one that an earlier run left (spec §3 `resume`); every other turn starts one of its own. Where the
 * CLI names conversations itself, the one to go on with is the one it told; if it told none, a new one starts.
 */
export function conversationOf(
  run: string,
  command: TurnCommand,
  adapter: AgentAdapter,
  events: readonly RunEvent[],
): { readonly id: string; readonly isNew: boolean } | undefined {
  if (!adapter.canResume) return undefined;
  const { worker, attempt, turn, input } = command;
  const idOf = (number: number): string => uuidOf([run, worker, String(attempt), String(number)]);
  if (input.kind !== 'misfit') {
    const left = leftTo(events, command);
    return left === undefined ? { id: idOf(turn), isNew: true } : { id: left.id, isNew: false };
  }
  const before = leftTo(events, { ...command, turn: turn - 1 });
  if (adapter.conversationNames !== 'its own') return { id: before?.id ?? idOf(turn - 1), isNew: false };
  const told = toldConversation(events, command);
  return told === undefined ? { id: idOf(turn), isNew: true } : { id: told, isNew: false };
}

/** What the first turn goes on with, if an earlier run left it to a model of the same label. */
function leftTo(
  events: readonly RunEvent[],
  { worker, attempt, turn }: TurnPlace,
): LeftConversation | undefined {
  if (turn !== 1) return undefined;
  const isOwn = (event: RunEvent): boolean =>
    'attempt' in event && event.worker === worker && event.attempt === attempt;
  const ready = events.find(event => event.kind === 'worktree-ready' && isOwn(event));
  const requested = events.find(event => event.kind === 'turn-requested' && isOwn(event));
  if (ready?.kind !== 'worktree-ready' || requested?.kind !== 'turn-requested') return undefined;
  return ready.conversation?.label === requested.label ? ready.conversation : undefined;
}

/** The conversation that a worker had last; undefined if its CLI told of none. */
export function leftConversation(events: readonly RunEvent[], worker: string): LeftConversation | undefined {
  let turn: RunEventOf<'turn-started'> | undefined;
  let left: { readonly turn: RunEventOf<'turn-started'>; readonly id: string } | undefined;
  for (const event of events) {
    if (event.kind !== 'turn-started' && event.kind !== 'turn-alive') continue;
    if (event.worker !== worker) continue;
    if (event.kind === 'turn-started') turn = event;
    // One that never showed a sign of life may be unknown to its CLI.
    const id = event.kind === 'turn-alive' ? (event.conversation ?? turn?.conversation) : undefined;
    if (turn !== undefined && id !== undefined) left = { turn, id };
  }
  if (left === undefined) return undefined;
  const used = usedUntil(events, left.turn);
  return { label: left.turn.label, id: left.id, ...(used && { used }) };
}

/** What the CLI told in the turn before this one. What it tells in this turn, before a restart, does not count. */
function toldConversation(
  events: readonly RunEvent[],
  { worker, attempt, turn }: TurnCommand,
): string | undefined {
  let told: string | undefined;
  for (const event of events) {
    if (event.kind !== 'turn-started' && event.kind !== 'turn-alive') continue;
    if (event.worker !== worker || event.attempt !== attempt) continue;
    if (event.kind === 'turn-alive') told = event.conversation ?? told;
    else if (event.turn === turn) break;
    else told = undefined;
  }
  return told;
}

/** What the conversation of a turn has used before it, as the CLI reported it; undefined if nothing is known. */
export function spentBefore(events: readonly RunEvent[], command: TurnCommand): Usage | undefined {
  if (command.input.kind === 'misfit') return usedUntil(events, { ...command, turn: command.turn - 1 });
  const used = leftTo(events, command)?.used;
  return used && sumOfUsage([used]);
}

/** What a conversation has used at the end of this turn. */
function usedUntil(events: readonly RunEvent[], place: TurnPlace): Usage | undefined {
  const told = usageEventsOf(events, place);
  const last = told.at(-1);
  if (last === undefined) return undefined;
  const left = leftTo(events, place)?.used;
  const { costUsd, ...tokens } = sumOfUsage([...told, ...(left === undefined ? [] : [left])]);
  const isByCli = last.costFrom === undefined || last.costFrom === 'cli';
  return costUsd !== undefined && isByCli ? { ...tokens, costUsd } : tokens;
}

/** A UUID from names. It calls itself version 5, the one made of names: not every CLI takes version 8, which it is. */
function uuidOf(names: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(names)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

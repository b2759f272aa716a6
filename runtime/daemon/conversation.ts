/** Ids of conversations that we give to CLIs: computed, so that a turn taken up after a restart names the same one. */
import { createHash } from 'node:crypto';
import type { AgentAdapter, Usage } from '../agents/adapter.ts';
import type { Command } from '../engine/commands.ts';
import type { RunEvent } from '../engine/events.ts';
import { sumOfUsage, usageEventsOf } from './performer/turn-meter.ts';

/**
 * The conversation of a turn, for CLIs that have any. A misfit goes on with the conversation of the turn before it; every
 * other turn starts one of its own. Where the CLI names conversations itself, the one to go on with is the one it told;
 * if it told none, a new one starts.
 */
export function conversationOf(
  run: string,
  command: Extract<Command, { readonly kind: 'turn' }>,
  adapter: AgentAdapter,
  events: readonly RunEvent[],
): { readonly id: string; readonly isNew: boolean } | undefined {
  if (!adapter.canResume) return undefined;
  const { worker, attempt, turn, input } = command;
  const idOf = (number: number): string => uuidOf([run, worker, String(attempt), String(number)]);
  if (input.kind !== 'misfit') return { id: idOf(turn), isNew: true };
  if (adapter.conversationNames !== 'its own') return { id: idOf(turn - 1), isNew: false };
  const told = toldConversation(events, command);
  return told === undefined ? { id: idOf(turn), isNew: true } : { id: told, isNew: false };
}

/** What the CLI told in the turn before this one. What it tells in this turn, before a restart, does not count. */
function toldConversation(
  events: readonly RunEvent[],
  { worker, attempt, turn }: Extract<Command, { readonly kind: 'turn' }>,
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
export function spentBefore(
  events: readonly RunEvent[],
  { worker, attempt, turn, input }: Extract<Command, { readonly kind: 'turn' }>,
): Usage | undefined {
  if (input.kind !== 'misfit') return undefined;
  const told = usageEventsOf(events, { worker, attempt, turn: turn - 1 });
  const last = told.at(-1);
  if (last === undefined) return undefined;
  const { costUsd, ...tokens } = sumOfUsage(told);
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

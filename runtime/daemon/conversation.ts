/** Ids of conversations that we give to CLIs: computed, so that a turn taken up after a restart names the same one. */
import { createHash } from 'node:crypto';
import type { Command } from '../engine/commands.ts';

/**
 * The conversation of a turn. A misfit goes on with the conversation of the turn before it; every other turn starts one
 * of its own.
 */
export function conversationOf(
  run: string,
  { worker, attempt, turn, input }: Extract<Command, { readonly kind: 'turn' }>,
): { readonly id: string; readonly isNew: boolean } {
  const isNew = input.kind !== 'misfit';
  return { id: uuidOf([run, worker, String(attempt), String(isNew ? turn : turn - 1)]), isNew };
}

/** A UUID (version 8: of our own making) from names. */
function uuidOf(names: readonly string[]): string {
  const hex = createHash('sha256').update(JSON.stringify(names)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

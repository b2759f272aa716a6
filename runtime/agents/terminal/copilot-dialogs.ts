import { NOTHING, type Reading } from './terminal-cli.ts';

/** As much of an event as tells the dialogs apart. */
export interface DialogEvent {
  readonly type: string;
  readonly data: { readonly requestId?: string | undefined; readonly toolCallId?: string | undefined };
}

/** Ends a turn, or begins one: no dialog of before stands any more. */
const BREAKS: readonly string[] = ['abort', 'session.error', 'user.message'];

/** Ends a dialog, however it was answered. */
const ENDS: readonly string[] = ['permission.completed', 'tool.execution_complete'];

/** Copilot asks for all calls of a message at once, shows one dialog after the other, the oldest first, and works on beside them. */
export class CopilotDialogs {
  readonly #open = new Map<string, Reading>();

  /** What an event means while dialogs stand; `reading`: what it means by itself. */
  take({ type, data }: DialogEvent, reading: Reading): Reading {
    const key = data.requestId ?? data.toolCallId ?? '';
    if (BREAKS.includes(type)) this.#open.clear();
    if (reading.claims[0]?.state.kind === 'waiting') {
      this.#open.set(key, reading);
      return this.#open.size === 1 ? reading : NOTHING;
    }
    const [shown] = this.#open.keys();
    const isAnswered = ENDS.includes(type) && this.#open.delete(key);
    const [next] = this.#open.values();
    if (next === undefined) return reading;
    return isAnswered && key === shown ? next : { ...reading, claims: [] };
  }
}

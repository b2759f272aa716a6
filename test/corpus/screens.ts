/** The screens of a recording, as a terminal shows them. */
import headless from '@xterm/headless';
import type { Recording } from './recording.ts';

/** What the screen shows from a time on. */
export interface ScreenAt {
  readonly at: number;
  readonly text: string;
}

/** Every screen of a recording that differs from the one before. */
export async function screensOf({
  events,
  cols,
  rows,
}: Pick<Recording, 'events' | 'cols' | 'rows'>): Promise<readonly ScreenAt[]> {
  const terminal = new headless.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 });
  const screens: ScreenAt[] = [];
  for (const event of events) {
    if (event.kind !== 'output') continue;
    await new Promise<void>(resolve => terminal.write(event.bytes, resolve));
    const text = textOf(terminal);
    if (screens.at(-1)?.text !== text) screens.push({ at: event.at, text });
  }
  terminal.dispose();
  return screens;
}

function textOf(terminal: headless.Terminal): string {
  const { active } = terminal.buffer;
  const lines = Array.from({ length: terminal.rows }, (_, row) => {
    return active.getLine(active.baseY + row)?.translateToString(true) ?? '';
  });
  return lines.join('\n').trimEnd();
}

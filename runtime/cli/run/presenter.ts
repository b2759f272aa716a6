/** How a followed run is shown: live on a terminal, a line per event in a pipe, JSON lines for programs (design §6). */
import type { RunEvent } from '../../engine/events.ts';
import type { RunView } from '../../engine/projections.ts';
import type { Terminal } from '../terminal.ts';
import { renderEventLine } from './event-lines.ts';
import { LiveScreen } from './live-screen.ts';
import { renderLive } from './live-view.ts';

/** Shows a run while it goes on. */
export interface Presenter {
  /** Shows an event that is in the view by now. */
  show(event: RunEvent): void;
  /** Tells the person something; ends with a newline. */
  say(text: string): void;
  /** Leaves the terminal to a question, or to somebody else's screen. */
  pause(): void;
  resume(): void;
  [Symbol.dispose](): void;
}

/** The presenter that fits: `--json`, else by what stdout is. `view` gives the run as it is known at this moment. */
export function createPresenter(terminal: Terminal, isJson: boolean, view: () => RunView): Presenter {
  if (isJson) return writerOf(terminal, event => `${JSON.stringify(event)}\n`);
  if (terminal.stdout.canRedraw) return livePresenter(terminal, view);
  const { style } = terminal.stdout;
  return writerOf(terminal, event => {
    const line = renderEventLine(event, style);
    return line === undefined ? '' : `${line}\n`;
  });
}

function writerOf(terminal: Terminal, render: (event: RunEvent) => string): Presenter {
  return {
    show: event => terminal.stdout.write(render(event)),
    say: text => terminal.stderr.write(text),
    pause() {},
    resume() {},
    [Symbol.dispose]() {},
  };
}

function livePresenter(terminal: Terminal, view: () => RunView): Presenter {
  const { stdout } = terminal;
  const screen = new LiveScreen(stdout, tick => {
    const { columns, rows } = stdout.size();
    // The last column stays free: terminals disagree on what happens to a cursor behind it. The last row is the cursor's.
    const room = { columns: columns - 1, rows: rows - 1 };
    return renderLive(view(), { ...room, style: stdout.style, now: new Date().toISOString(), tick });
  });
  return {
    // Drawn with the next picture.
    show() {},
    say: text => screen.print(text),
    pause: () => screen.pause(),
    resume: () => screen.resume(),
    [Symbol.dispose]: () => screen[Symbol.dispose](),
  };
}

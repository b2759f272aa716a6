/** A terminal that nobody looks at: what a verb writes is kept, and nobody can be asked. */
import { createStyle } from './style.ts';
import type { Output, Terminal } from './terminal.ts';

/** A terminal together with what was written to it. */
export interface CapturedTerminal {
  readonly terminal: Terminal;
  stdout(): string;
  stderr(): string;
}

/** Where else a captured terminal's output goes. */
export interface CaptureOptions {
  /** Hears what goes to stdout as it comes. */
  readonly onOutput?: (text: string) => void;
  /** Takes what goes to stderr, which then is not kept. */
  readonly stderr?: Output;
}

/** Makes a terminal for one call of a verb. */
export function captureTerminal({ onOutput, stderr: elsewhere }: CaptureOptions = {}): CapturedTerminal {
  const stdout = captureOutput(onOutput);
  const stderr = captureOutput();
  return {
    terminal: {
      get stdin(): never {
        throw new Error('this verb reads stdin, which is not its own here');
      },
      stdout: stdout.output,
      stderr: elsewhere ?? stderr.output,
      isInteractive: false,
    },
    stdout: stdout.text,
    stderr: stderr.text,
  };
}

function captureOutput(onOutput?: (text: string) => void): {
  readonly output: Output;
  readonly text: () => string;
} {
  const chunks: Buffer[] = [];
  const output: Output = {
    isTerminal: false,
    canRedraw: false,
    style: createStyle(false),
    size: () => ({ columns: 100, rows: 24 }),
    write: text => {
      chunks.push(Buffer.from(text));
      onOutput?.(text);
    },
    writeBytes: async bytes => {
      chunks.push(Buffer.from(bytes));
    },
    onResize: () => () => {},
  };
  return { output, text: () => Buffer.concat(chunks).toString('utf8') };
}

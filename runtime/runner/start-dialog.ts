import type { StartDialog } from '../agents/terminal/terminal-cli.ts';

/** A dialog that has just been painted does not listen yet. */
const PAUSE_MS = 1000;
/** So long may a CLI take to go on after the key. */
const TAKEN_MS = 5000;

/** Answers the dialog that a CLI begins with, once, and only while the screen shows the whole of it. */
export class StartDialogAnswer {
  readonly #dialog: StartDialog;
  readonly #type: (keys: string) => void;
  #seenAt: number | undefined;
  #isTyped = false;

  constructor(dialog: StartDialog, type: (keys: string) => void) {
    this.#dialog = dialog;
    this.#type = type;
  }

  /** Looks at a screen. Whether it shows the dialog, and nobody else is needed for it. */
  takes(screen: string, at: number): boolean {
    if (!words(screen).includes(words(this.#dialog.text))) return false;
    this.#seenAt ??= at;
    const stands = at - this.#seenAt;
    if (stands >= PAUSE_MS && !this.#isTyped) {
      this.#isTyped = true;
      this.#type(this.#dialog.keys);
    }
    return stands < PAUSE_MS + TAKEN_MS;
  }
}

/** Without what depends on the terminal's width: blanks, line breaks, frames. */
function words(text: string): string {
  return text.replace(/[\s\u2500-\u259f]+/gu, '');
}

/**
 * The terminal tab of one worker: its sessions one after the other, the latest live, and what became of it. The tab stays
 * when the worker has ended, and goes on when it is retried.
 */
import { t } from '@vscode/l10n';
import type { Event, Pseudoterminal, TerminalDimensions } from 'vscode';
import { Emitter } from 'vscode-jsonrpc/node';
import type { WorkerView } from '../../runtime/engine/projections.ts';
import type { PtyHostAddress } from '../../runtime/pty/socket-place.ts';
import type { TerminalColors } from './answer-queries.ts';
import type { Attachment, AttachmentEnd, SessionScreen } from './attachment.ts';
import { CellSize, type Size, type SizeChange } from './cell-size.ts';
import type { Frames, Lane } from './frames.ts';
import type { HostSessions } from './host-sessions.ts';
import { printRecording } from './print-recording.ts';
import { TabName } from './tab-name.ts';
import { CLEAR_ALL, emptyScreen, ownLine } from './terminal-text.ts';
import { attemptOf, exitText, hasEnded, outcomeText, sessionTitle, terminalName } from './worker-names.ts';

/** What a worker's terminal needs. */
export interface WorkerTerminalPorts {
  /** Paces the output of all terminals of the window. */
  readonly frames: Frames;
  /** The worker as it is. */
  worker(): WorkerView | undefined;
  /** The name that the tab bears. */
  shownName(): string | undefined;
  /** The PTY host, while it can be reached. */
  host(): PtyHostAddress | undefined;
  /** What a session shows at present; undefined where that is not known. */
  screen(session: string): Promise<SessionScreen | undefined>;
  /** What speaks with the PTY host; loaded when it is first needed. */
  sessions(): Promise<Pick<HostSessions, 'attach' | 'resize'>>;
  /** Colours of the window's terminals at present. */
  colors(): TerminalColors;
  /** Path of a session's recording. */
  recording(session: string): string | undefined;
  /** Tells the user something that does not belong into the terminal. */
  tell(message: string): void;
}

/** Sessions of an attempt that are shown to who comes late. */
const SHOWN_SESSIONS = 5;

/** Bytes of the recording that are shown of a session which the PTY host has forgotten. */
const RECORDING_BYTES = 1024 * 1024;

/** Pause before a lost connection is tried again, in ms. */
const RETRY_MS = 1000;

/** The same remark is made at most once in this time, in ms. */
const REMARK_QUIET_MS = 10_000;

/** A worker in a tab. VS Code opens it, writes into it and closes it. */
export class WorkerTerminal implements Pseudoterminal {
  readonly #ports: WorkerTerminalPorts;
  readonly #key: string;
  readonly #wrote = new Emitter<string>();
  readonly #named = new Emitter<string>();
  readonly #sized = new Emitter<TerminalDimensions | undefined>();
  readonly #name: TabName;
  readonly #lane: Lane;
  readonly #size = new CellSize();
  #attachment: Attachment | undefined;
  /** Whether there is anything in the terminal, and the session shown last. */
  #hasShown = false;
  #shown: string | undefined;
  #isOpen = false;
  #isClosed = false;
  #isHeadless = false;
  #wake: (() => void) | undefined;
  /** When a remark was made last. */
  readonly #remarks = new Map<string, number>();

  readonly onDidWrite: Event<string> = this.#wrote.event;
  readonly onDidChangeName: Event<string> = this.#named.event;
  readonly onDidOverrideDimensions: Event<TerminalDimensions | undefined> = this.#sized.event;

  /** @param key the worker's key, `<phase>/<id>` */
  constructor(key: string, ports: WorkerTerminalPorts) {
    this.#key = key;
    this.#ports = ports;
    this.#lane = ports.frames.lane(text => this.#wrote.fire(text));
    const rename = (name: string) => this.#named.fire(name);
    this.#name = new TabName(ports.frames.clock, { rename, shown: () => ports.shownName() });
  }

  /** VS Code shows the tab. */
  open(size: TerminalDimensions | undefined): void {
    this.#isOpen = true;
    if (size !== undefined) this.setDimensions(size);
    this.update();
    void this.#show();
  }

  /** VS Code closed the tab: the worker goes on. */
  close(): void {
    this.#isClosed = true;
    this.#attachment?.close();
    this.#name[Symbol.dispose]();
    this.#wake?.();
  }

  /** The worker, or the connection to it, has changed. */
  update(): void {
    const worker = this.#ports.worker();
    // A name that is told before the tab is open is lost.
    if (worker !== undefined && this.#isOpen) this.#name.set(terminalName(worker));
    this.#wake?.();
  }

  /** The tab has another size. */
  setDimensions({ columns, rows }: TerminalDimensions): void {
    this.#apply(this.#size.onTab({ cols: columns, rows }));
  }

  /** The user types, or the terminal answers a question of the program. */
  handleInput(text: string): void {
    this.#apply(this.#size.onInput());
    if (this.#attachment?.type(text) === true) return;
    const isTyped = !text.startsWith('\u001b');
    if (isTyped && this.#attachment !== undefined && this.#isHeadless)
      this.#remark(t('{0} runs headless: nothing can be typed into it.', this.#key));
  }

  async #show(): Promise<void> {
    for (let index = this.#firstShown(); ; index += 1) {
      const session = await this.#sessionAt(index);
      if (session === undefined) return;
      await this.#showSession(session);
      if (this.#isClosed) return;
    }
  }

  /** Late comers see the last sessions of the latest attempt. */
  #firstShown(): number {
    const sessions = this.#ports.worker()?.sessions ?? [];
    const attempt = attemptOf(sessions.at(-1) ?? '');
    const first = sessions.findIndex(session => attemptOf(session) === attempt);
    return Math.max(first, sessions.length - SHOWN_SESSIONS, 0);
  }

  /** Waits for the worker's next session; undefined when the tab is closed. */
  async #sessionAt(index: number): Promise<string | undefined> {
    let signedOff = '';
    while (!this.#isClosed) {
      const worker = this.#ports.worker();
      const session = worker?.sessions[index];
      if (session !== undefined) return session;
      const outcome = worker !== undefined && hasEnded(worker) ? outcomeText(worker) : '';
      if (outcome !== '' && outcome !== signedOff) this.#say(outcome);
      signedOff = outcome;
      await this.#change();
    }
    return undefined;
  }

  async #showSession(session: string): Promise<void> {
    while (!this.#isClosed) {
      const end = await this.#attach(session);
      if (end === undefined) await this.#change();
      else if (end.kind === 'exit') return this.#say(exitText(end.exit));
      else if (end.kind === 'closed') return;
      else if (await this.#printForgotten(session, end)) return;
      else await this.#changeWithin(RETRY_MS);
    }
  }

  /** Shows a session to its end; undefined when there is no PTY host to be reached. */
  async #attach(session: string): Promise<AttachmentEnd | undefined> {
    const host = this.#ports.host();
    if (host === undefined) return undefined;
    const sessions = await this.#ports.sessions();
    if (this.#isClosed) return { kind: 'closed' };
    const attachment = sessions.attach({
      session,
      host,
      lane: this.#lane,
      colors: () => this.#ports.colors(),
      screen: async id => {
        if (this.#size.tab !== undefined) await sessions.resize(host, id, this.#size.tab);
        return await this.#ports.screen(id);
      },
      listener: {
        onAttached: kind => this.#begin(session, kind),
        onSize: size => {
          if (!this.#isHeadless) this.#apply(this.#size.onSession(size));
        },
        onInputRefused: () =>
          this.#remark(t('{0} does not read its input: what you typed last did not get through.', this.#key)),
      },
    });
    this.#attachment = attachment;
    const end = await attachment.run();
    this.#attachment = undefined;
    return end;
  }

  /** Makes room for a session: below the ones before, or in its own place when the connection was lost. */
  #begin(session: string, kind: 'pty' | 'pipe' | undefined): void {
    this.#isHeadless = kind === 'pipe';
    if (session === this.#shown) this.#lane.push(CLEAR_ALL);
    else if (this.#hasShown) this.#separate(session, kind);
    this.#shown = session;
    this.#hasShown = true;
  }

  #separate(session: string, kind: 'pty' | 'pipe' | undefined): void {
    const worker = this.#ports.worker();
    if (worker !== undefined) this.#say(sessionTitle(session, worker));
    // What a terminal program paints counts from the first line of the screen.
    if (kind === 'pty') this.#lane.push(emptyScreen(this.#size.tab?.rows ?? 0));
  }

  /** The PTY host forgets the sessions of a run that has ended. Their recordings stay. */
  async #printForgotten(session: string, { failure }: AttachmentEnd & { kind: 'lost' }): Promise<boolean> {
    if (failure.kind !== 'no_such_session') return false;
    const file = this.#ports.recording(session);
    const worker = this.#ports.worker();
    if (file === undefined || worker === undefined) return false;
    const isPrinted = await printRecording(file, RECORDING_BYTES, {
      lane: this.#lane,
      begin: () => this.#begin(session, undefined),
      isClosed: () => this.#isClosed,
    });
    // A session that is only just being opened has no recording yet.
    return isPrinted || hasEnded(worker);
  }

  #say(text: string): void {
    this.#lane.push(ownLine(text));
    this.#hasShown = true;
  }

  #remark(text: string): void {
    const now = this.#ports.frames.clock.now();
    const last = this.#remarks.get(text);
    if (last !== undefined && now - last < REMARK_QUIET_MS) return;
    this.#remarks.set(text, now);
    this.#ports.tell(text);
  }

  #apply({ show, ask }: SizeChange): void {
    if (show !== undefined) this.#sized.fire(asDimensions(show.size));
    if (ask !== undefined) this.#attachment?.resize(ask);
  }

  #change(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  async #changeWithin(ms: number): Promise<void> {
    const cancel = this.#ports.frames.clock.after(ms, () => this.#wake?.());
    await this.#change();
    cancel();
  }
}

function asDimensions(size: Size | undefined): TerminalDimensions | undefined {
  return size && { columns: size.cols, rows: size.rows };
}

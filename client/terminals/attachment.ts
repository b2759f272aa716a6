/**
 * A window's terminal on one session of the PTY host: the screen as it is, then everything live, keys and size passed on.
 *
 *   painting ──▶ streaming ──exit──▶ ended
 *      ▲             │ └─────────────▶ lost (host or connection gone)
 *      └─ far behind ┘
 */
import { StringDecoder } from 'node:string_decoder';
import type { PtyHostAddress } from '../../runtime/pty/socket-place.ts';
import { attachViewer, type ViewerEvent, type ViewerStream } from '../../runtime/pty/viewer-stream.ts';
import type { PtyFailure, SessionExit } from '../../runtime/pty-protocol.ts';
import type { Result } from '../../runtime/result.ts';
import { answerQueries, type TerminalColors } from './answer-queries.ts';
import type { Size } from './cell-size.ts';
import type { Lane } from './frames.ts';
import { CLEAR_ALL } from './terminal-text.ts';
import { withoutQueries } from './without-queries.ts';

/** What a session shows, and the offset of its output from which it goes on. */
export interface SessionScreen extends Size {
  readonly ansi: string;
  readonly offset: number;
}

/** What an attachment needs. */
export interface AttachmentOptions {
  readonly session: string;
  readonly host: PtyHostAddress;
  /** Where output goes. */
  readonly lane: Lane;
  /** The screen at present; undefined where there is none to be had. */
  readonly screen: (session: string) => Promise<SessionScreen | undefined>;
  readonly listener: AttachmentListener;
  /** Colours of the window's terminals at present. */
  colors(): TerminalColors;
}

/** Who is told what does not belong into the output. */
export interface AttachmentListener {
  /** Before the first screen is painted: what kind of session it is. */
  onAttached(kind: 'pty' | 'pipe'): void;
  /** The session has this size, whoever chose it. */
  onSize(size: Size): void;
  /** What was typed did not get through: the program does not read. */
  onInputRefused(): void;
}

/** How an attachment ended. */
export type AttachmentEnd =
  | { readonly kind: 'exit'; readonly exit: SessionExit }
  /** We left. */
  | { readonly kind: 'closed' }
  /** Never attached, or the PTY host ended the stream; `no_such_session` = the host has forgotten it. */
  | { readonly kind: 'lost'; readonly failure: PtyFailure };

/** So long must the window have been behind that the screen is painted anew and what lies between is left out, in ms. */
const FAR_BEHIND_MS = 1000;

/** One session in one terminal. Runs once. */
export class Attachment {
  readonly #options: AttachmentOptions;
  #stream: ViewerStream | undefined;
  #kind: 'pty' | 'pipe' | undefined;
  #isClosed = false;

  constructor(options: AttachmentOptions) {
    this.#options = options;
  }

  /** Shows the session until it ends, the connection ends, or `close`. */
  async run(): Promise<AttachmentEnd> {
    for (;;) {
      const attached = await this.#attach();
      if (this.#isClosed) return { kind: 'closed' };
      if (!attached.ok) return { kind: 'lost', failure: attached.failure };
      const end = await this.#copy(attached.value);
      if (this.#isClosed) return { kind: 'closed' };
      if (end !== 'behind') return end;
      this.#options.lane.clear();
    }
  }

  /** Types into the session. False if nothing can be typed: it is not attached, or a headless session. */
  type(text: string): boolean {
    if (this.#stream === undefined || this.#kind !== 'pty') return false;
    // Rejects never; what the program does not take comes back as an event.
    void this.#stream.write(text);
    return true;
  }

  /** Gives the session the terminal's size. */
  resize({ cols, rows }: Size): void {
    this.#stream?.resize(cols, rows);
  }

  /** Leaves; the session goes on. */
  close(): void {
    this.#isClosed = true;
    this.#stream?.close();
    this.#options.lane.clear();
  }

  async #attach(): Promise<Result<ViewerStream, PtyFailure>> {
    const { session, host, screen } = this.#options;
    const shown = await screen(session);
    const from = shown?.offset ?? 0;
    const stream = await attachViewer(host, { id: session, from, isInteractive: true });
    if (!stream.ok) return stream;
    this.#stream = stream.value;
    if (this.#isClosed) stream.value.close();
    else this.#paint(stream.value, shown);
    return stream;
  }

  #paint({ attached }: ViewerStream, screen: SessionScreen | undefined): void {
    const { lane, listener } = this.#options;
    if (this.#kind === undefined) listener.onAttached(attached.kind);
    else lane.push(CLEAR_ALL);
    this.#kind = attached.kind;
    listener.onSize(screen ?? attached);
    lane.push(screen?.ansi ?? '');
  }

  async #copy(stream: ViewerStream): Promise<AttachmentEnd | 'behind'> {
    const { lane } = this.#options;
    const text = new OutputText(stream.attached.end);
    // Leaving the loop closes the stream.
    for await (const event of stream.events()) {
      if (event.kind === 'data') {
        lane.push(this.#answered(text.of(event), event.offset >= stream.attached.end));
        await lane.room();
        if (lane.lagMs > FAR_BEHIND_MS && !this.#isClosed) return 'behind';
      } else if (event.kind === 'exit') return { kind: 'exit', exit: event.exit };
      else this.#tell(event);
    }
    return { kind: 'lost', failure: { kind: 'host_gone', message: 'the PTY host closed the stream' } };
  }

  #answered(text: string, isLive: boolean): string {
    if (!isLive || this.#kind !== 'pty' || !text.includes('\u001b')) return text;
    const { shown, typed } = answerQueries(text, this.#options.colors());
    if (typed !== '') this.type(typed);
    return shown;
  }

  #tell(event: Exclude<ViewerEvent, { readonly kind: 'data' | 'exit' }>): void {
    const { listener } = this.#options;
    if (event.kind === 'resize') listener.onSize(event);
    if (event.kind === 'input_refused') listener.onInputRefused();
  }
}

/** Output as text, whatever characters its pieces cut. */
class OutputText {
  readonly #decoder = new StringDecoder('utf8');
  /** Offset from which output is live. */
  readonly #liveFrom: number;

  constructor(liveFrom: number) {
    this.#liveFrom = liveFrom;
  }

  of({ offset, bytes }: { readonly offset: number; readonly bytes: Buffer }): string {
    const text = this.#decoder.write(bytes);
    // Somebody else has answered what was asked before we came.
    return offset < this.#liveFrom ? withoutQueries(text) : text;
  }
}

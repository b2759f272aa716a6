/** The documents that the client has open, and the connector files of the workspace that it has not. */
import type { TextDocumentContentChangeEvent, TextDocumentItem } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Severity } from '../runtime/analysis/diagnostic.ts';
import type { WorkspaceFacts } from './facts.ts';
import { decode, type PositionEncoding } from './positions.ts';
import { createSnapshot, type Snapshot, snapshotOfFile } from './snapshot.ts';
import { canonicalUri } from './uris.ts';

/** What analyses depend on besides the texts. */
export interface AnalysisInputs {
  readonly adapters: readonly string[];
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  /** URIs of files that the user treats as connector files. */
  readonly marked: readonly string[];
}

interface OpenDocument {
  readonly document: TextDocument;
  snapshot: Snapshot | undefined;
}

/** Language ids by which a client can say that a document is a connector file. */
const connectorLanguages: readonly string[] = ['connector', 'connector-json'];

/** Keeps texts in step with the client; one snapshot per version, shared by all features. */
export class Documents {
  readonly #encoding: PositionEncoding;
  readonly #open = new Map<string, OpenDocument>();
  /** Snapshots of files nobody has open, by URI: kept as long as their text does not change. */
  readonly #files = new Map<string, Snapshot>();
  #inputs: AnalysisInputs = { adapters: [], severities: {}, marked: [] };

  constructor(encoding: PositionEncoding) {
    this.#encoding = encoding;
  }

  open({ uri, languageId, version, text }: TextDocumentItem): void {
    const document = TextDocument.create(uri, languageId, version, text);
    this.#open.set(canonicalUri(uri), { document, snapshot: undefined });
  }

  /** Applies changes in their order, each against the text that the one before left. */
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void {
    const entry = this.#open.get(canonicalUri(uri));
    if (entry === undefined) return;
    for (const change of changes)
      TextDocument.update(entry.document, [this.#inUtf16(entry.document, change)], version);
    entry.snapshot = undefined;
  }

  close(uri: string): void {
    this.#open.delete(canonicalUri(uri));
  }

  /** Takes new inputs; texts are analysed again when they are next asked for. */
  setInputs(inputs: AnalysisInputs): void {
    this.#inputs = inputs;
    this.#files.clear();
    for (const entry of this.#open.values()) entry.snapshot = undefined;
  }

  /** The open document as it is, whatever it holds; undefined if it is not open. */
  get(uri: string): Snapshot | undefined {
    const entry = this.#open.get(canonicalUri(uri));
    if (entry === undefined) return undefined;
    entry.snapshot ??= createSnapshot(entry.document, this.#optionsFor(entry.document));
    return entry.snapshot;
  }

  /** All open documents. */
  all(): readonly Snapshot[] {
    return [...this.#open.keys()].flatMap(uri => this.get(uri) ?? []);
  }

  /**
   * The connector file at a URI: as it is in the editor, else as it is on disk; undefined if it is neither open nor among
   * the workspace's files known so far.
   */
  find(uri: string, facts: WorkspaceFacts): Snapshot | undefined {
    const wanted = canonicalUri(uri);
    return this.get(wanted) ?? this.workspace(facts).find(snapshot => canonicalUri(snapshot.uri) === wanted);
  }

  /** All connector files: open ones first, then those of the workspace known so far. */
  workspace(facts: WorkspaceFacts): readonly Snapshot[] {
    const open = this.all().filter(snapshot => snapshot.kind !== 'no');
    const onDisk = (facts.connectorFiles() ?? []).filter(file => !this.#open.has(canonicalUri(file.uri)));
    return [...open, ...onDisk.map(file => this.#snapshotOfFile(file.uri, file.text))];
  }

  #snapshotOfFile(uri: string, text: string): Snapshot {
    const known = this.#files.get(uri);
    if (known !== undefined && known.text === text) return known;
    const snapshot = snapshotOfFile(uri, text, { ...this.#baseOptions(), isMarked: true });
    this.#files.set(uri, snapshot);
    return snapshot;
  }

  #optionsFor({ uri, languageId }: TextDocument) {
    const wanted = canonicalUri(uri);
    const isMarked =
      connectorLanguages.includes(languageId) ||
      this.#inputs.marked.some(file => canonicalUri(file) === wanted);
    return { ...this.#baseOptions(), isMarked };
  }

  #baseOptions() {
    const { adapters, severities } = this.#inputs;
    return { encoding: this.#encoding, adapters, severities };
  }

  #inUtf16(document: TextDocument, change: TextDocumentContentChangeEvent): TextDocumentContentChangeEvent {
    if (this.#encoding === 'utf-16' || !('range' in change)) return change;
    const start = decode(document, change.range.start, this.#encoding);
    const end = decode(document, change.range.end, this.#encoding);
    return { range: { start, end }, text: change.text };
  }
}

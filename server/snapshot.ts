/** A version of an open document (or a file of the workspace) with what was found out about it: what features look at. */
import { TextDocument } from 'vscode-languageserver-textdocument';
import { type Analysis, analyze } from '../runtime/analysis/analyze.ts';
import type { Severity } from '../runtime/analysis/diagnostic.ts';
import { member } from '../runtime/analysis/json-node.ts';
import { createPositions, type PositionEncoding, type Positions } from './positions.ts';
import { baseNameOf } from './uris.ts';

/** Why a document counts as a connector file; `no` for all others, which get nothing. */
export type ConnectorKind =
  /** By its name: the editor's built-in JSON support finds our schema for these. */
  | 'named'
  /** By its content: a top-level `connector` with a version. */
  | 'found'
  /** Because the user says so. */
  | 'marked'
  | 'no';

/** What the analysis of a document depends on besides its text. */
export interface SnapshotOptions {
  readonly encoding: PositionEncoding;
  /** Names of configured agent adapters. */
  readonly adapters: readonly string[];
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly isMarked: boolean;
}

/** One version of a document. Everything is computed when it is first asked for, once. */
export interface Snapshot {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  readonly kind: ConnectorKind;
  readonly analysis: Analysis;
  readonly positions: Positions;
  /** For libraries of the protocol that want one; its positions are UTF-16. */
  readonly document: TextDocument;
  /** The result of a pure function of this snapshot, computed at most once: `snapshot.once(findOccurrences)`. */
  once<T>(compute: (snapshot: Snapshot) => T): T;
}

/** Names that say what a file is (spec §1). */
const connectorName = /(^|\.)connector\.jsonc?$/i;
/** Cheap look before a whole analysis: documents of other kinds are never parsed. */
const hint = /"connector"\s*:\s*"\d/;

/** Takes a snapshot of the document as it is. */
export function createSnapshot(document: TextDocument, options: SnapshotOptions): Snapshot {
  return new LazySnapshot(document, options);
}

/** A snapshot of a file that no client has open. */
export function snapshotOfFile(uri: string, text: string, options: SnapshotOptions): Snapshot {
  return createSnapshot(TextDocument.create(uri, 'json', 0, text), options);
}

class LazySnapshot implements Snapshot {
  readonly uri: string;
  readonly version: number;
  readonly languageId: string;
  readonly text: string;
  readonly positions: Positions;
  readonly document: TextDocument;
  readonly #options: SnapshotOptions;
  readonly #results = new Map<unknown, unknown>();
  #analysis: Analysis | undefined;
  #kind: ConnectorKind | undefined;

  constructor(document: TextDocument, options: SnapshotOptions) {
    this.uri = document.uri;
    this.version = document.version;
    this.languageId = document.languageId;
    this.text = document.getText();
    this.positions = createPositions(document, options.encoding, () => this.analysis.document);
    this.document = document;
    this.#options = options;
  }

  get analysis(): Analysis {
    this.#analysis ??= this.#analyze();
    return this.#analysis;
  }

  get kind(): ConnectorKind {
    this.#kind ??= findKind(this, this.#options.isMarked);
    return this.#kind;
  }

  once<T>(compute: (snapshot: Snapshot) => T): T {
    if (!this.#results.has(compute)) this.#results.set(compute, compute(this));
    // The map holds under every function what that function returned.
    return this.#results.get(compute) as T;
  }

  #analyze(): Analysis {
    const { adapters, severities } = this.#options;
    return analyze(this.text, { fileName: baseNameOf(this.uri), adapters, ruleSeverities: severities });
  }
}

function findKind(snapshot: Snapshot, isMarked: boolean): ConnectorKind {
  if (connectorName.test(baseNameOf(snapshot.uri))) return 'named';
  if (isMarked) return 'marked';
  if (!hint.test(snapshot.text)) return 'no';
  const version = member(snapshot.analysis.outline.root, 'connector');
  return version?.kind === 'string' && /^\d+(\.\d+)*$/.test(version.value) ? 'found' : 'no';
}

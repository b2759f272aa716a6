/** Which documents are connector files: what they are called is all that is known before the server has read them. */
/** What a filter of a document selector says. */
export interface ConnectorFilter {
  readonly language: string;
  readonly pattern: string;
  readonly scheme?: string;
}

const pattern = '**/{connector,*.connector}.{json,jsonc}';

/** Selects connector files, wherever they are kept. */
export const connectorFiles: readonly ConnectorFilter[] = ['json', 'jsonc'].map(language => ({
  language,
  pattern,
}));

/** Selects connector files on disk: those that can run. */
export const connectorFilesOnDisk: readonly ConnectorFilter[] = connectorFiles.map(filter => ({
  ...filter,
  scheme: 'file',
}));

/** The same files, for searching a workspace. */
export const connectorFilesGlob = pattern;

/** Whether a path or URI has the name of a connector file. */
export function isConnectorFileName(path: string): boolean {
  return /(^|[\\/.])connector\.jsonc?$/.test(path);
}

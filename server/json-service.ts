/** The plain JSON side of connector files: VS Code's own JSON library over our schema. Loaded only where it is served. */
import { getLanguageService, type JSONDocument, type LanguageService } from 'vscode-json-languageservice';
import schema from '../schemas/connector.schema.json' with { type: 'json' };
import type { Snapshot } from './snapshot.ts';

/** The library, set up for connector files. */
export const jsonService: LanguageService = createService();

/** The document as the library reads it; for `snapshot.once`. */
export function jsonDocumentOf({ document }: Snapshot): JSONDocument {
  return jsonService.parseJSONDocument(document);
}

function createService(): LanguageService {
  const text = JSON.stringify(schema);
  const service = getLanguageService({
    // Whatever a file's `$schema` says, a connector file has this one; nothing is fetched.
    schemaRequestService: () => Promise.resolve(text),
    clientCapabilities: {
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } },
    },
  });
  // Types and values are judged by our own rules: the library only completes and describes.
  service.configure({
    validate: false,
    allowComments: true,
    schemas: [{ uri: 'connector:schema', fileMatch: ['*'] }],
  });
  return service;
}

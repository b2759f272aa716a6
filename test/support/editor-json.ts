/** The JSON support of an editor that has one (VS Code), with the schema that package.json contributes to it. */
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getLanguageService, type JSONDocument, type LanguageService } from 'vscode-json-languageservice';
import type { CompletionItem, Diagnostic, Hover } from 'vscode-languageserver-types';
import type { Snapshot } from '../../server/snapshot.ts';

const root = join(import.meta.dirname, '../..');

const clientCapabilities = {
  textDocument: {
    completion: {
      completionItem: {
        documentationFormat: ['markdown' as const],
        commitCharactersSupport: true,
        labelDetailsSupport: true,
      },
    },
  },
};

/** What such an editor shows for one document. */
export class EditorJson {
  readonly service: LanguageService;

  constructor() {
    this.service = getLanguageService({
      clientCapabilities,
      // What `$schema` of a file names, relative to the file.
      workspaceContext: { resolveRelativePath: (path, from) => new URL(path, from).href },
      schemaRequestService: async uri => await readFile(fileURLToPath(uri), 'utf8'),
    });
    this.service.configure({ validate: true, schemas: contributedSchemas() });
  }

  /** Reads a document for the questions below. */
  read({ document }: Snapshot): JSONDocument {
    return this.service.parseJSONDocument(document);
  }

  async completions(
    { document }: Snapshot,
    offset: number,
    tree: JSONDocument,
  ): Promise<readonly CompletionItem[]> {
    const found = await this.service.doComplete(document, document.positionAt(offset), tree);
    return found?.items ?? [];
  }

  async hover({ document }: Snapshot, offset: number, tree: JSONDocument): Promise<Hover | null> {
    return await this.service.doHover(document, document.positionAt(offset), tree);
  }

  /** As VS Code asks for them: comments and trailing commas are faults of json, and allowed in jsonc. */
  async diagnostics({ document }: Snapshot, tree: JSONDocument): Promise<readonly Diagnostic[]> {
    const settings =
      document.languageId === 'jsonc'
        ? ({ comments: 'ignore', trailingCommas: 'warning' } as const)
        : ({ comments: 'error', trailingCommas: 'error' } as const);
    return await this.service.doValidation(document, tree, settings);
  }
}

function contributedSchemas() {
  const manifest: Manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return manifest.contributes.jsonValidation.map(({ fileMatch, url }) => ({
    uri: `contributed:///${url}`,
    fileMatch: [...fileMatch],
    schema: JSON.parse(readFileSync(join(root, url), 'utf8')),
  }));
}

interface Manifest {
  readonly contributes: {
    readonly jsonValidation: readonly { readonly fileMatch: readonly string[]; readonly url: string }[];
  };
}

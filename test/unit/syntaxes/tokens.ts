/** Tokenizes JSON as VS Code does: its own JSON grammars, with or without our injection. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import json from '@shikijs/langs/json';
import jsonc from '@shikijs/langs/jsonc';
import oniguruma from 'vscode-oniguruma';
import textmate from 'vscode-textmate';

/** The injection grammar, as a text. */
export const injectionFile = join(
  import.meta.dirname,
  '../../../syntaxes/connector.injection.tmLanguage.json',
);

const injectionScope = 'connector.injection';

/** A piece of a line with its scopes, outermost first. */
export interface Token {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly scopes: readonly string[];
}

/** Cuts a text into tokens, line by line. */
export type Tokenize = (text: string) => readonly Token[];

/** The tokenizer of a language of VS Code; `isInjected` = with our grammar, as the extension contributes it. */
export async function createTokenizer(language: 'json' | 'jsonc', isInjected: boolean): Promise<Tokenize> {
  const registry = new textmate.Registry({
    onigLib: loadOniguruma(),
    loadGrammar: async scope => readGrammar(scope),
    getInjections: scope => (isInjected && scope.startsWith('source.json') ? [injectionScope] : undefined),
  });
  const grammar = await registry.loadGrammar(language === 'json' ? 'source.json' : 'source.json.comments');
  if (grammar === null) throw new Error(`no grammar for ${language}`);
  return text => tokenize(grammar, text);
}

function tokenize(grammar: textmate.IGrammar, text: string): readonly Token[] {
  let state = textmate.INITIAL;
  return text.split(/\r?\n/).flatMap((content, line) => {
    const { tokens, ruleStack, stoppedEarly } = grammar.tokenizeLine(content, state);
    if (stoppedEarly) throw new Error(`line ${line + 1} takes too long`);
    state = ruleStack;
    return tokens.map(({ startIndex: start, endIndex, scopes }) => {
      // The library counts the line break that it adds.
      const end = Math.min(endIndex, content.length);
      return { line, start, end, text: content.slice(start, end), scopes };
    });
  });
}

let isLoaded: Promise<void> | undefined;

async function loadOniguruma(): Promise<textmate.IOnigLib> {
  const wasm = createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm');
  // The library can be loaded once in a process.
  isLoaded ??= oniguruma.loadWASM(readFileSync(wasm));
  await isLoaded;
  return {
    createOnigScanner: sources => oniguruma.createOnigScanner(sources),
    createOnigString: text => oniguruma.createOnigString(text),
  };
}

function readGrammar(scope: string): textmate.IRawGrammar | null {
  if (scope === injectionScope)
    return textmate.parseRawGrammar(readFileSync(injectionFile, 'utf8'), injectionFile);
  const language = [...json, ...jsonc].find(({ scopeName }) => scopeName === scope);
  // A second library's word for the same format, which it reads from VS Code.
  return language === undefined ? null : (structuredClone(language) as unknown as textmate.IRawGrammar);
}

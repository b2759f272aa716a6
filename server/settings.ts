/** What the user and the client ask of the server. */
import type { Severity } from '../runtime/analysis/diagnostic.ts';
import { machineRules } from '../runtime/analysis/machine-rules.ts';
import { rules } from '../runtime/analysis/rules.ts';

/** Settings after defaults; section `niia` of the client's configuration. */
export interface Settings {
  /**
   * Whether the server offers what the schema says too (keys, values, hover texts, JSON syntax errors, folding,
   * formatting …). Off in VS Code, whose built-in JSON support does; the client says so once, when it starts the server.
   */
  readonly schemaFeatures: boolean;
  /** Severity by rule code; `off` hides the rule. */
  readonly rules: Readonly<Record<string, Severity | 'off'>>;
  readonly inlayHints: boolean;
  readonly codeLens: boolean;
  /** Where docs/rules.md can be read; diagnostics link to it. */
  readonly rulesPage?: string;
  /** URIs of files that the user treats as connector files, whatever they are called. */
  readonly files: readonly string[];
}

/** Name of the section of the client's configuration. */
export const settingsSection = 'niia';

/** Settings of a client that says nothing. */
export const defaultSettings: Settings = {
  schemaFeatures: true,
  rules: {},
  inlayHints: true,
  codeLens: true,
  files: [],
};

/**
 * Reads settings from what a client sent: initialization options or its configuration section. Whatever has a wrong type
 * keeps its value from `base`: a typo in somebody's settings must not take the language server away.
 */
export function readSettings(value: unknown, base: Settings = defaultSettings): Settings {
  const given = asRecord(value);
  const rulesPage = typeof given.rulesPage === 'string' ? given.rulesPage : base.rulesPage;
  return {
    ...(rulesPage === undefined ? {} : { rulesPage }),
    schemaFeatures: asBoolean(given.schemaFeatures) ?? base.schemaFeatures,
    rules: given.rules === undefined ? base.rules : readSeverities(given.rules),
    inlayHints:
      asBoolean(given.inlayHints) ?? asBoolean(asRecord(given.inlayHints).enabled) ?? base.inlayHints,
    codeLens: asBoolean(given.codeLens) ?? asBoolean(asRecord(given.codeLens).enabled) ?? base.codeLens,
    files: Array.isArray(given.files) ? given.files.filter(file => typeof file === 'string') : base.files,
  };
}

/** Texts of another language for those of the server, by the English ones; undefined if the client sent none. */
export function readTranslations(value: unknown): Readonly<Record<string, string>> | undefined {
  const { translations } = asRecord(value);
  if (translations === undefined) return undefined;
  const entries = Object.entries(asRecord(translations));
  return Object.fromEntries(
    entries.flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );
}

const severities: readonly (Severity | 'off')[] = ['error', 'warning', 'info', 'hint', 'off'];

function readSeverities(value: unknown): Settings['rules'] {
  const entries = Object.entries(asRecord(value)).flatMap(([code, wanted]) => {
    const severity = severities.find(name => name === wanted);
    return severity === undefined ? [] : [[code, severity] as const];
  });
  return Object.fromEntries(entries);
}

/** Codes of rules whose severity can be set: those on the rules page. */
export const ruleCodes: ReadonlySet<string> = new Set([
  ...rules.map(rule => rule.code),
  ...Object.keys(machineRules),
]);

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  // Any object that is no list can be looked into by key.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

function asBoolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

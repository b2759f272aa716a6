/** Reads and checks a connector file for a verb. */
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { type Analysis, analyze } from '../analysis/analyze.ts';
import { type RenderOptions, renderDiagnostics } from '../analysis/render.ts';
import { findPlaces } from '../config/places.ts';
import { err, ok, type Result } from '../result.ts';
import type { Workflow } from '../spec/workflow.ts';
import { type CliFailure, misused } from './failure.ts';
import { fileProblem } from './file-problem.ts';
import { loadConfig } from './load-config.ts';
import type { Style } from './style.ts';
import type { VerbContext } from './verb.ts';

/** A file that was read and checked; it may have errors. */
export interface CheckedFile {
  /** Absolute. */
  readonly path: string;
  /** As people want to read it: from the current folder. */
  readonly shown: string;
  readonly text: string;
  readonly analysis: Analysis;
}

/** Reads and checks a file. Failure: it cannot be read, or the configuration is invalid. */
export async function checkFile(
  context: VerbContext,
  name: string,
): Promise<Result<CheckedFile, CliFailure>> {
  const path = resolve(context.cwd, name);
  const shown = relative(context.cwd, path) || path;
  const config = await loadConfig(findPlaces(context.env).configFile);
  if (!config.ok) return config;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return err(
      misused(`cannot read "${name}": ${fileProblem(error)}`, 'niia init writes a file to start from'),
    );
  }
  const adapters = Object.keys(config.value.agents);
  return ok({ path, shown, text, analysis: analyze(text, { fileName: shown, adapters }) });
}

/** A file that can run. */
export interface ValidFile extends CheckedFile {
  readonly workflow: Workflow;
}

/** Like `checkFile`, for verbs that go on with the file: its errors are shown on stderr and end the verb with exit 2. */
export async function loadValidFile(
  context: VerbContext,
  name: string,
): Promise<Result<ValidFile, CliFailure>> {
  const checked = await checkFile(context, name);
  if (!checked.ok) return checked;
  const { workflow, diagnostics } = checked.value.analysis;
  if (workflow !== undefined) return ok({ ...checked.value, workflow });
  const { stderr } = context.terminal;
  stderr.write(renderFile(checked.value, stderr.style, ['error']));
  const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'error').length;
  return err(
    misused(`"${checked.value.shown}" has ${errors === 1 ? 'an error' : `${errors} errors`} and cannot run`),
  );
}

/** The diagnostics of a file, like a compiler's; all of them, or those of some severities. */
export function renderFile(file: CheckedFile, style: Style, severities?: readonly string[]): string {
  const { document, diagnostics } = file.analysis;
  const shown = diagnostics.filter(diagnostic => severities?.includes(diagnostic.severity) ?? true);
  return renderDiagnostics(document, shown, style.hasColor ? { style: painterOf(style) } : {});
}

function painterOf(style: Style): NonNullable<RenderOptions['style']> {
  return (text, part) => {
    switch (part) {
      case 'error':
        return style.red(text);
      case 'warning':
        return style.yellow(text);
      case 'info':
      case 'hint':
        return style.blue(text);
      case 'place':
        return style.bold(text);
      case 'gutter':
        return style.dim(text);
      case 'help':
        return style.cyan(text);
    }
  };
}

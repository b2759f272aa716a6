/** `niia report RUN` */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { err, ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { failed } from '../failure.ts';
import { fileProblem } from '../file-problem.ts';
import { findRun } from '../names.ts';
import { printable } from '../printable.ts';
import { readAnswers } from '../report/answers.ts';
import { renderHtmlReport } from '../report/html.ts';
import { renderMarkdownReport } from '../report/markdown.ts';
import type { Verb } from '../verb.ts';

/** Writes the report of a run: Markdown on stdout, or one HTML file. */
export const verb: Verb = {
  spec: {
    name: 'report',
    usage: 'RUN [--html FILE]',
    description:
      'Writes the report of a run: outcome, time line, cost, answers, failures. Markdown on stdout; with --html one\n' +
      'self-contained HTML file that needs no network.',
    positionals: { min: 1, max: 1 },
    options: { html: { type: 'value', value: 'FILE', help: 'write HTML to FILE instead' } },
    examples: [['report last --html report.html', 'to show others']],
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, cwd, terminal } = context;
      const run = await findRun(daemon, args.positionals[0] ?? '');
      if (!run.ok) return run;
      const shown = await call(daemon, 'run/show', { run: run.value });
      if (!shown.ok) return shown;
      const { view, plan, dir } = shown.value;
      const source = { view, plan, answers: await readAnswers(view, dir) };
      const html = args.value('html');
      if (html === undefined) {
        const text = renderMarkdownReport(source);
        terminal.stdout.write(terminal.stdout.isTerminal ? printable(text) : text);
        return ok(exitCodes.succeeded);
      }
      try {
        await writeFile(resolve(cwd, html), renderHtmlReport(source));
      } catch (error) {
        return err(failed(`cannot write "${html}": ${fileProblem(error)}`));
      }
      terminal.stderr.write(`wrote ${html}\n`);
      return ok(exitCodes.succeeded);
    }),
};

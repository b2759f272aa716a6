/** `niia report RUN` */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { DaemonClient } from '../../daemon/client.ts';
import type { RunEvent } from '../../engine/events.ts';
import { timelineOf } from '../../graph/timeline.ts';
import { err, ok, type Result } from '../../result.ts';
import { call, fromDaemon, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { type CliFailure, failed } from '../failure.ts';
import { fileProblem } from '../file-problem.ts';
import { findRun } from '../names.ts';
import { printable } from '../printable.ts';
import { renderHtmlReport } from '../report/html.ts';
import { renderMarkdownReport } from '../report/markdown.ts';
import { type ReportSource, readAnswers } from '../report/source.ts';
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
      const source = await readSource(daemon, run.value);
      if (!source.ok) return source;
      const html = args.value('html');
      if (html === undefined) {
        const text = renderMarkdownReport(source.value);
        terminal.stdout.write(terminal.stdout.isTerminal ? printable(text) : text);
        return ok(exitCodes.succeeded);
      }
      try {
        await writeFile(resolve(cwd, html), renderHtmlReport(source.value));
      } catch (error) {
        return err(failed(`cannot write "${html}": ${fileProblem(error)}`));
      }
      terminal.stderr.write(`wrote ${html}\n`);
      return ok(exitCodes.succeeded);
    }),
};

async function readSource(daemon: DaemonClient, run: string): Promise<Result<ReportSource, CliFailure>> {
  const shown = await call(daemon, 'run/show', { run });
  if (!shown.ok) return shown;
  const { view, plan, dir } = shown.value;
  const events = await eventsUntil(daemon, run, view.seq);
  if (!events.ok) return events;
  return ok({ view, plan, answers: await readAnswers(view, dir), timeline: timelineOf(events.value) });
}

/** The events that the view was made of. */
async function eventsUntil(
  daemon: DaemonClient,
  run: string,
  lastSeq: number,
): Promise<Result<readonly RunEvent[], CliFailure>> {
  const followed = await daemon.follow(run, 1);
  if (!followed.ok) return err(fromDaemon(followed.failure));
  const events: RunEvent[] = [];
  for await (const event of followed.value) {
    events.push(event);
    if (event.seq >= lastSeq) break;
  }
  return ok(events);
}

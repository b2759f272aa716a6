/** `niia ps` */
import { basename } from 'node:path';
import { dateAndTime, formatDuration, formatKnownCost, millisecondsBetween } from '../../amounts.ts';
import type { RunRow, SessionRow } from '../../protocol.ts';
import { ok } from '../../result.ts';
import { call, withDaemon } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { printableLine } from '../printable.ts';
import { stateColor } from '../run/state-words.ts';
import type { Style } from '../style.ts';
import { renderTable } from '../table.ts';
import type { Verb } from '../verb.ts';

/** Lists runs: those that are alive, or all. */
export const verb: Verb = {
  spec: {
    name: 'ps',
    usage: '[--all] [--json]',
    description: 'Lists the runs and sessions that are alive; with --all, also those that ended.',
    positionals: { min: 0, max: 0 },
    options: {
      all: { type: 'flag', help: 'ended ones too' },
      json: { type: 'flag', help: 'a JSON array of runs: run, name, state, file, …' },
    },
  },
  run: context =>
    withDaemon(context, async daemon => {
      const { args, terminal } = context;
      const list = await call(daemon, 'run/list', { all: args.flag('all') });
      if (!list.ok) return list;
      const rows = list.value.runs.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt));
      if (args.flag('json')) {
        terminal.stdout.write(`${JSON.stringify(rows)}\n`);
        return ok(exitCodes.succeeded);
      }
      const sessions = await call(daemon, 'session/list', {});
      if (!sessions.ok) return sessions;
      const served = sessions.value.sessions.filter(
        row => row.run === undefined && (args.flag('all') || row.state === 'running'),
      );
      const { style, isTerminal, size } = terminal.stdout;
      const columns = isTerminal ? size().columns : undefined;
      if (rows.length > 0) terminal.stdout.write(renderRuns(rows, style, columns));
      if (served.length > 0) terminal.stdout.write(renderSessions(served, style, columns));
      if (rows.length + served.length === 0)
        terminal.stderr.write(args.flag('all') ? 'no runs\n' : 'nothing runs (ended runs: niia ps --all)\n');
      return ok(exitCodes.succeeded);
    }),
};

function renderSessions(rows: readonly SessionRow[], style: Style, columns: number | undefined): string {
  const cells = rows.map(row => [
    row.session,
    stateColor(row.state, style)(row.state),
    dateAndTime(row.startedAt),
    printableLine(row.argv.join(' ')),
  ]);
  return renderTable(['SESSION', 'STATE', 'STARTED', 'PROGRAM'], cells, style, columns);
}

function renderRuns(rows: readonly RunRow[], style: Style, columns: number | undefined): string {
  const cells = rows.map(row => [
    row.run,
    stateColor(row.state, style)(row.state),
    `${row.phasesDone}/${row.phases}`,
    String(row.workers),
    dateAndTime(row.startedAt),
    formatDuration(millisecondsBetween(row.startedAt, row.endedAt ?? new Date().toISOString())),
    formatKnownCost(row),
    printableLine(basename(row.file)),
  ]);
  return renderTable(
    ['RUN', 'STATE', 'PHASES', 'WORKERS', 'STARTED', 'TIME', 'COST', 'FILE'],
    cells,
    style,
    columns,
  );
}

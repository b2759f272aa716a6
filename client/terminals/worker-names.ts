/** How a worker's terminal is called, marked and signed off. */
import { t } from '@vscode/l10n';
import { timeOfDay } from '../../runtime/amounts.ts';
import { describeFailure } from '../../runtime/engine/failure-texts.ts';
import type { WorkerView } from '../../runtime/engine/projections.ts';
import { stateSign } from '../../runtime/engine/state-sign.ts';
import type { SessionExit } from '../../runtime/pty-protocol.ts';

/** What of a worker is in the name of its terminal. */
export type NamedWorker = Pick<WorkerView, 'key' | 'id' | 'phase' | 'state' | 'label' | 'parkedUntil'>;

/**
 * The name of a worker's terminal: `red ● review · claude`. Lists of terminals cut names at their end, so what tells one
 * from the other comes first; a worker that has only a number is told by its phase.
 */
export function terminalName({ key, id, phase, state, label, parkedUntil }: NamedWorker): string {
  const hasName = !/^\d+$/.test(id);
  const facts = [
    state === 'waiting' ? t('waits for you') : state === 'parked' ? parked(parkedUntil) : '',
    hasName ? phase : '',
    label ?? '',
  ];
  return `${hasName ? id : key} ${stateSign(state)} ${facts.filter(Boolean).join(' · ')}`.trimEnd();
}

function parked(until: string | undefined): string {
  // To the minute: that is how providers tell it.
  return until === undefined ? t('parked') : t('parked until {0}', timeOfDay(until).slice(0, 5));
}

/** Whether a worker has ended; a retry begins it again. */
export function hasEnded(worker: Pick<WorkerView, 'state'>): boolean {
  return ['succeeded', 'failed', 'stopped', 'skipped'].includes(worker.state);
}

/** The last line of a worker's terminal: what became of it. */
export function outcomeText(worker: WorkerView): string {
  const sign = stateSign(worker.state);
  switch (worker.state) {
    case 'succeeded':
      return worker.files === undefined || worker.files === 0
        ? `${sign} ${t('{0} succeeded', worker.key)}`
        : `${sign} ${t('{0} succeeded, files changed: {1}', worker.key, worker.files)}`;
    case 'failed':
      return worker.failure === undefined
        ? `${sign} ${t('{0} failed', worker.key)}`
        : `${sign} ${t('{0} failed', worker.key)}: ${describeFailure(worker.failure.reason)}. ${worker.failure.message}`;
    case 'skipped':
      return `${sign} ${t('{0} was skipped', worker.key)}`;
    default:
      return `${sign} ${t('{0} was stopped', worker.key)}`;
  }
}

/** The line under a session that has ended. */
export function exitText({ code, signal, survivors }: SessionExit): string {
  const how = code === null ? t('ended by {0}', signal ?? '?') : t('exit code {0}', code);
  if (survivors.length === 0) return how;
  const pids = survivors.map(({ pid }) => pid).join(', ');
  return `${how}; ${t('processes that could not be ended: {0}', pids)}`;
}

/** The line between two sessions of a worker: what the next one is for. */
export function sessionTitle(session: string, worker: Pick<WorkerView, 'attempts'>): string {
  const { attempt, purpose, step, turn } = SESSION.exec(session)?.groups ?? {};
  const label = worker.attempts.flatMap(each => each.turns).find(each => each.session === session)?.label;
  const what =
    purpose === 'setup'
      ? t('setup')
      : step !== undefined
        ? t('step {0}', step)
        : [t('turn {0}', turn ?? '?'), label ?? ''].filter(Boolean).join(' ');
  return attempt === undefined || attempt === '1' ? what : `${what}, ${t('attempt {0}', attempt)}`;
}

/** Number of the attempt a session belongs to; 0 if its id does not say. */
export function attemptOf(session: string): number {
  return Number(SESSION.exec(session)?.groups?.attempt ?? 0);
}

/** The end of a worker's session id: `….a1.t2`, `….a2.step-test`, `….a1.setup`; a hash where it had to be shortened. */
const SESSION = /\.a(?<attempt>\d+)\.(?<purpose>setup|step-(?<step>[\w-]+?)|t(?<turn>\d+))(?:-[0-9a-f]{8})?$/;

/** A symbol of VS Code and a colour of its terminals. */
export interface TerminalIcon {
  readonly id: string;
  readonly color: string;
}

const icons: Readonly<Record<string, TerminalIcon>> = {
  claude: { id: 'sparkle', color: 'terminal.ansiYellow' },
  codex: { id: 'hubot', color: 'terminal.ansiCyan' },
  gemini: { id: 'star-full', color: 'terminal.ansiBlue' },
  opencode: { id: 'code', color: 'terminal.ansiMagenta' },
  copilot: { id: 'copilot', color: 'terminal.ansiMagenta' },
  qwen: { id: 'symbol-misc', color: 'terminal.ansiMagenta' },
  ollama: { id: 'server-process', color: 'terminal.ansiGreen' },
  aider: { id: 'comment-discussion', color: 'terminal.ansiGreen' },
  shell: { id: 'terminal', color: 'terminal.ansiGreen' },
};

/** The icon of a CLI, by the name of its agent adapter; workers that only run steps have none. */
export function terminalIcon(adapter: string | undefined): TerminalIcon {
  return icons[adapter ?? 'shell'] ?? { id: 'robot', color: 'terminal.ansiWhite' };
}

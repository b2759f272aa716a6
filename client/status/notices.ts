/** What a person is told of at once: what a run needs of them, and that one failed. Nothing else interrupts. */
import { t } from '@vscode/l10n';
import type { NeedView, RunView } from '../../runtime/engine/projections.ts';
import type { RunItem } from '../runs/runs.ts';

/** A button of a notice. */
export interface NoticeAction {
  readonly title: string;
  readonly command: string;
  readonly argument: RunItem;
  /** Settles what the notice tells of, and so makes no sense once that is settled. */
  readonly isRemedy?: true;
}

/** A notice. */
export interface Notice {
  /** The same need has the same key, in every window and after every reload. */
  readonly key: string;
  readonly severity: 'warning' | 'error';
  readonly message: string;
  /** Most wanted first. */
  readonly actions: readonly NoticeAction[];
}

/** What a run has to say now. A run that ended in failure says so, whenever that was. */
export function noticesOf(view: RunView): readonly Notice[] {
  return view.state === 'ended' ? failureNotices(view) : view.needs.map(need => needNotice(view, need));
}

/** Whether what a notice tells of is still so. VS Code leaves notices standing: nobody can take one back. */
export function isCurrent({ key }: Notice, view: RunView): boolean {
  return noticesOf(view).some(notice => notice.key === key);
}

function needNotice({ run, name }: RunView, need: NeedView): Notice {
  const key = [run, need.kind, 'phase' in need ? need.phase : need.worker, need.since].join(' ');
  const show: NoticeAction = { title: t('Show'), command: 'niia.showRun', argument: { run } };
  switch (need.kind) {
    case 'gate':
      return {
        key,
        severity: 'warning',
        message: t('{0}: phase {1} waits for your approval.', name, need.phase),
        actions: [
          {
            title: t('Approve'),
            command: 'niia.approve',
            argument: { run, phase: need.phase },
            isRemedy: true,
          },
          show,
        ],
      };
    case 'pick':
      return {
        key,
        severity: 'warning',
        message: t('{0}: choose whose work of phase {1} goes on.', name, need.phase),
        actions: [
          { title: t('Choose…'), command: 'niia.pick', argument: { run, phase: need.phase }, isRemedy: true },
          show,
        ],
      };
    case 'question':
    case 'permission': {
      const message =
        need.kind === 'question'
          ? t('{0}: {1} asks: {2}', name, need.worker, firstLine(need.text))
          : t('{0}: {1} asks for permission: {2}', name, need.worker, firstLine(need.text));
      const argument = { run, worker: need.worker };
      return {
        key,
        severity: 'warning',
        message,
        actions: [
          { title: t('Answer…'), command: 'niia.answer', argument, isRemedy: true },
          { title: t('Open Terminal'), command: 'niia.openTerminal', argument },
          show,
        ],
      };
    }
  }
}

/** Outcomes that somebody wants to know of. A person who stopped a run knows. */
const FAILURES: ReadonlySet<string> = new Set(['failed', 'no_model', 'limited']);

function failureNotices({ run, name, outcome, message, endedAt = '' }: RunView): readonly Notice[] {
  if (outcome === undefined || !FAILURES.has(outcome)) return [];
  return [
    {
      key: [run, 'ended', endedAt].join(' '),
      severity: 'error',
      message: message ? t('{0} failed: {1}', name, firstLine(message)) : t('{0} failed.', name),
      actions: [
        { title: t('Show'), command: 'niia.showRun', argument: { run } },
        { title: t('Retry'), command: 'niia.retry', argument: { run }, isRemedy: true },
        { title: t('Show Log'), command: 'niia.showLog', argument: { run } },
      ],
    },
  ];
}

const MAX_LENGTH = 200;

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > MAX_LENGTH ? `${line.slice(0, MAX_LENGTH)}…` : line;
}

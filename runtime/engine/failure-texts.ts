/** The words for failures and the exit codes for outcomes: in one place, for every view. Browser-safe. */
import { t } from '@vscode/l10n';
import type { FailureReason } from '../agents/adapter.ts';
import { unreachable } from '../result.ts';
import type { RunOutcome } from './events.ts';

/** What a failure reason (spec §10) means and, where one can do something, what. One line, no full stop. */
export function describeFailure(reason: FailureReason): string {
  switch (reason.kind) {
    case 'exit':
      return t('it ended with exit code {0}', reason.code);
    case 'timed_out':
      return t('it ran longer than its timeout allows');
    case 'unavailable':
      return describeUnavailable(reason);
    case 'permission_denied':
      return t('it needed a permission that it does not have');
    case 'bad_model':
      return t('its CLI does not know the model');
    case 'context_full':
      return t('the conversation outgrew the context of its model');
    case 'crashed':
      return reason.signal === undefined ? t('it crashed') : t('it was ended by {0}', reason.signal);
    case 'output_invalid':
      return t('its answer did not fit the output schema, also when asked again');
    case 'merge_conflict':
      return t('its branch conflicts with work that was merged before it');
    case 'limited':
      return t('it was stopped because a limit of the file was reached');
    case 'sandbox_unavailable':
      return t('the sandbox it asks for is not available here, so it was not started');
    case 'setup':
      return t('session.setup ended with exit code {0}', reason.code);
    case 'lost':
      return t('its terminal died with the machine or its PTY host');
    default:
      return unreachable(reason);
  }
}

function describeUnavailable({ what, until }: FailureReason & { kind: 'unavailable' }): string {
  switch (what) {
    case 'not_installed':
      return t('no model available: its program was not found');
    case 'auth':
      return t('no model available: its CLI is not logged in');
    case 'rate_limited':
      return until === undefined
        ? t('no model available: rate limited')
        : t('no model available: rate limited until {0}', until);
    case 'quota':
      return until === undefined
        ? t('no model available: out of quota')
        : t('no model available: out of quota until {0}', until);
    case 'overloaded':
      return t('no model available: the provider is overloaded or failing');
    case 'network':
      return t('no model available: the network is down');
    case 'no_start':
      return t('no model available: no sign of life within start_timeout_ms');
    case 'stalled':
      return t('no model available: no sign of life for stall_timeout_ms');
    default:
      return unreachable(what);
  }
}

/** The exit code of `niia run` for an outcome (design §6). */
export function exitCodeOf(outcome: RunOutcome): number {
  switch (outcome) {
    case 'succeeded':
      return 0;
    case 'failed':
      return 1;
    case 'no_model':
      return 3;
    case 'limited':
      return 4;
    case 'stopped':
      return 130;
    default:
      return unreachable(outcome);
  }
}

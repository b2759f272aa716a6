import { t } from '@vscode/l10n';
import type { ReviewHost } from './review-host.ts';

/** Whether a command that changes something may go on; says so if it may not. */
export async function isTrustedOrTell(host: Pick<ReviewHost, 'isTrusted' | 'tell'>): Promise<boolean> {
  if (host.isTrusted()) return true;
  await host.tell('warning', t('Runs can be changed only in a workspace that you trust.'));
  return false;
}

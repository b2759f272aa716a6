/** All rules, in the order of the rules page. A rule that is not here does not run; a test compares this with the folder. */

import type { Rule } from './rule.ts';
import { aliasCycle } from './rules/alias-cycle.ts';
import { answersNotReady } from './rules/answers-not-ready.ts';
import { comment } from './rules/comment.ts';
import { duplicateKey } from './rules/duplicate-key.ts';
import { duplicatePhase } from './rules/duplicate-phase.ts';
import { duplicateStep } from './rules/duplicate-step.ts';
import { duplicateWorker } from './rules/duplicate-worker.ts';
import { emptyPipeline } from './rules/empty-pipeline.ts';
import { emptyRoute } from './rules/empty-route.ts';
import { emptyValue } from './rules/empty-value.ts';
import { equalSlugs } from './rules/equal-slugs.ts';
import { inPlace } from './rules/in-place.ts';
import { ineffectiveKey } from './rules/ineffective-key.ts';
import { invalidEnvName } from './rules/invalid-env-name.ts';
import { invalidHost } from './rules/invalid-host.ts';
import { invalidMatch } from './rules/invalid-match.ts';
import { invalidValue } from './rules/invalid-value.ts';
import { laterPhase } from './rules/later-phase.ts';
import { missingKey } from './rules/missing-key.ts';
import { missingModerator } from './rules/missing-moderator.ts';
import { missingPrompt } from './rules/missing-prompt.ts';
import { missingVersion } from './rules/missing-version.ts';
import { moreWorkersThanLimit } from './rules/more-workers-than-limit.ts';
import { noModel } from './rules/no-model.ts';
import { notReadable } from './rules/not-readable.ts';
import { outOfRange } from './rules/out-of-range.ts';
import { shellPermission } from './rules/shell-permission.ts';
import { stepNext } from './rules/step-next.ts';
import { syntax } from './rules/syntax.ts';
import { tooFewParticipants } from './rules/too-few-participants.ts';
import { tooLargeWorkflow } from './rules/too-large-workflow.ts';
import { topologyWithoutType } from './rules/topology-without-type.ts';
import { trailingComma } from './rules/trailing-comma.ts';
import { trustWithoutSandbox } from './rules/trust-without-sandbox.ts';
import { twoPrompts } from './rules/two-prompts.ts';
import { unknownAlias } from './rules/unknown-alias.ts';
import { unknownAnswers } from './rules/unknown-answers.ts';
import { unknownKey } from './rules/unknown-key.ts';
import { unknownMachine } from './rules/unknown-machine.ts';
import { unknownParticipant } from './rules/unknown-participant.ts';
import { unknownPhase } from './rules/unknown-phase.ts';
import { unknownPlaceholder } from './rules/unknown-placeholder.ts';
import { unsupportedVersion } from './rules/unsupported-version.ts';
import { unusedAlias } from './rules/unused-alias.ts';
import { wrongType } from './rules/wrong-type.ts';

/** Every rule. */
export const rules: readonly Rule[] = [
  aliasCycle,
  answersNotReady,
  comment,
  duplicateKey,
  duplicatePhase,
  duplicateStep,
  duplicateWorker,
  emptyPipeline,
  emptyRoute,
  emptyValue,
  equalSlugs,
  inPlace,
  ineffectiveKey,
  invalidEnvName,
  invalidHost,
  invalidMatch,
  invalidValue,
  laterPhase,
  missingKey,
  missingModerator,
  missingPrompt,
  missingVersion,
  moreWorkersThanLimit,
  noModel,
  notReadable,
  outOfRange,
  shellPermission,
  stepNext,
  syntax,
  tooFewParticipants,
  tooLargeWorkflow,
  topologyWithoutType,
  trailingComma,
  trustWithoutSandbox,
  twoPrompts,
  unknownAlias,
  unknownAnswers,
  unknownKey,
  unknownMachine,
  unknownParticipant,
  unknownPhase,
  unknownPlaceholder,
  unsupportedVersion,
  unusedAlias,
  wrongType,
];

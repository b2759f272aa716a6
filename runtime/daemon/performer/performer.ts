/** The engine's performer: one file per kind of command. */
import type { Command } from '../../engine/commands.ts';
import type { PerformContext, Performer } from '../../engine/performer.ts';
import { unreachable } from '../../result.ts';
import type { RunServices } from '../run-services.ts';
import { performCommit } from './commit.ts';
import { performFinish } from './finish.ts';
import { performMerge } from './merge.ts';
import { performPrepare } from './prepare.ts';
import { performStep } from './step.ts';
import { performStop } from './stop.ts';
import { performTurn } from './turn.ts';
import { performWake } from './wake.ts';

/** Performs the commands of one run. `services` may change between commands: a retry brings a new environment. */
export function createPerformer(services: () => RunServices): Performer {
  return { perform: (command, context) => perform(services(), command, context) };
}

function perform(services: RunServices, command: Command, context: PerformContext): Promise<void> {
  switch (command.kind) {
    case 'prepare':
      return performPrepare(services, command, context);
    case 'step':
      return performStep(services, command, context);
    case 'turn':
      return performTurn(services, command, context);
    case 'commit':
      return performCommit(services, command, context);
    case 'merge':
      return performMerge(services, command, context);
    case 'wake':
      return performWake(command, context);
    case 'stop':
      return performStop(services, command, context);
    case 'finish':
      return performFinish(services, command, context);
    default:
      return unreachable(command);
  }
}

/** One turn of a worker's model: texts, process, answer (spec §4, §5.1). */
import { join } from 'node:path';
import type { AgentAdapter, AgentEvent, TurnOutcome, TurnRequest } from '../../agents/adapter.ts';
import { adapterOf } from '../../agents/registry.ts';
import type { TerminalCli } from '../../agents/terminal/terminal-cli.ts';
import { terminalCliOf } from '../../agents/terminal/terminal-clis.ts';
import type { Command } from '../../engine/commands.ts';
import type { EventData } from '../../engine/events.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { spentUsd } from '../../engine/spending.ts';
import { routesOf } from '../../engine/state.ts';
import type { PlannedRoute } from '../../plan/plan.ts';
import type { SessionInfo } from '../../pty-protocol.ts';
import { checkOutput } from '../../runner/output-schema.ts';
import { runTerminalTurn } from '../../runner/run-terminal-turn.ts';
import { runTurn, type TurnControl, type TurnEnd, type TurnJob } from '../../runner/run-turn.ts';
import type { SessionConfig } from '../../session/session-plugin.ts';
import { summarize, writeAnswer } from '../answers.ts';
import { conversationOf, spentBefore } from '../conversation.ts';
import { whenDiskHasRoom } from '../disk-patience.ts';
import { mcpServersOf } from '../mcp-servers.ts';
import { createReportQueue, type ReportQueue } from '../report-queue.ts';
import { expandRoute } from '../route-texts.ts';
import { isLostSession, LOST, type RunServices, type WorkerCase, workerCase } from '../run-services.ts';
import { sessionId } from '../session-id.ts';
import { type TurnTexts, writeTurnTexts } from '../turn-texts.ts';
import { deadlineOf, sessionOf, WORKER_TERMINAL, workerEnvironment } from '../worker-session.ts';
import { TurnMeter } from './turn-meter.ts';
import { stateControl } from './turn-state.ts';

/** CLIs take no budget of 0. */
const MIN_BUDGET_USD = 0.01;

type TurnCommand = Extract<Command, { readonly kind: 'turn' }>;
type Ended = EventData<'turn-ended'>['outcome'];

/** Everything of one turn while it is performed. */
interface Turn {
  readonly services: RunServices;
  readonly command: TurnCommand;
  readonly context: PerformContext;
  readonly one: WorkerCase;
  readonly route: PlannedRoute;
  readonly adapter: AgentAdapter;
  readonly session: string;
  readonly reports: ReportQueue;
  readonly meter: TurnMeter;
}

/** Runs the turn, or takes over the one that is under way since before a restart. */
export async function performTurn(
  services: RunServices,
  command: TurnCommand,
  context: PerformContext,
): Promise<void> {
  const one = workerCase(context.plan, context.currentState(), command.worker);
  const route = routesOf(one.planned.routes, one.worker)[command.route];
  if (route === undefined) throw new Error(`${command.worker} has no route ${command.route}`);
  const reports = createReportQueue(context);
  const adapter = adapterOf(route);
  if (adapter === undefined) {
    const message = `this version cannot run "${route.adapter}"`;
    reports.add(
      endEvent(command, { kind: 'failed', reason: { kind: 'unavailable', what: 'not_installed' }, message }),
    );
    return reports.flush();
  }
  const purpose = { kind: 'turn', turn: command.turn } as const;
  const session = sessionId(services.run, command.worker, command.attempt, purpose);
  const meter = meterOf(services, command, route, reports);
  await perform({ services, command, context, one, route, adapter, session, reports, meter });
  await reports.flush();
}

async function perform(turn: Turn): Promise<void> {
  const { services, command, context, reports } = turn;
  const place = await sessionOf(services, context, turn.one);
  if (!place.ok) return reports.add(endEvent(command, { kind: 'failed', ...place.failure }));
  const texts = await whenDiskHasRoom(
    () => writeTurnTexts(services, command, context, turn.adapter, turn.session),
    context.signal,
    noteFullDisk(turn),
  );
  if (texts === undefined) return;
  const servers = mcpServersOf(services);
  if (!servers.ok)
    return reports.add(
      endEvent(command, { kind: 'failed', reason: { kind: 'crashed' }, message: servers.failure }),
    );
  const job = jobOf(turn, texts, place.value, servers.value);
  if (await isLostSession(services, turn.one, turn.session))
    return reports.add(endEvent(command, { kind: 'failed', ...LOST }));
  const { wasAlive, ...watch } = watchTurn(turn, job);
  const end = await runIn(turn, job, { signal: context.signal, ...watch });
  await reportEnd(turn, end, wasAlive());
}

/** Runs the turn in the CLI's own terminal, where the worker has one and the CLI can be driven in it. */
async function runIn(turn: Turn, job: TurnJob, control: TurnControl): Promise<TurnEnd> {
  const { services, command, context, reports } = turn;
  const { runner, plan } = services;
  if (plan.isInteractive) return runTurn(runner, job, control);
  const cli = liveCliOf(turn);
  if (cli === undefined) return runTurn(runner, job, control);
  const { worker, attempt } = command;
  const state = stateControl({ services, context, reports, worker, attempt });
  const onEvent = (event: AgentEvent): void => {
    control.onEvent?.(event);
    state.onEvent(event);
  };
  const ended = runTerminalTurn(
    runner,
    { ...job, cli, keepsTerminal: false, isAttended: plan.isAttended },
    { ...control, onEvent, nextAnswer: state.nextAnswer },
  );
  services.liveTurns.set(job.session, ended);
  try {
    return await ended;
  } finally {
    services.liveTurns.delete(job.session);
  }
}

/** How the CLI is driven in its own terminal, where that is asked for and can be done. */
function liveCliOf({ one, route }: Turn): TerminalCli | undefined {
  return one.planned.transport === 'terminal' ? terminalCliOf(route, process.platform) : undefined;
}

function transportOf(turn: Turn): 'terminal' | 'headless' {
  const isLive = turn.services.plan.isInteractive || liveCliOf(turn) !== undefined;
  return isLive ? turn.one.planned.transport : 'headless';
}

function jobOf(
  turn: Turn,
  texts: TurnTexts,
  place: SessionConfig,
  mcpServers: TurnRequest['mcpServers'],
): TurnJob {
  const { services, context, command, one, route, adapter, session } = turn;
  const transport = transportOf(turn);
  const { planned } = one;
  const expanded = expandRoute(route, texts.values, services.env);
  services.secrets.add(expanded.secrets);
  const deadlineAt = deadlineOf(one, context, place);
  const conversation = conversationOf(services.run, command, adapter, services.events());
  const spent = spentBefore(services.events(), command);
  const budgetUsd = budgetOf(context);
  const request: TurnRequest = {
    prompt: texts.prompt,
    promptFile: texts.promptFile,
    filesDir: texts.filesDir,
    ...(route.model === undefined ? {} : { model: route.model }),
    permission: place.permission,
    ...(conversation === undefined ? {} : { conversation }),
    ...(spent === undefined ? {} : { spentBefore: spent }),
    ...(budgetUsd === undefined ? {} : { budgetUsd }),
    ...(mcpServers === undefined ? {} : { mcpServers }),
    args: expanded.args,
    ...(expanded.command === undefined ? {} : { command: expanded.command }),
    program: route.program ?? adapter.programs[0] ?? '',
    platform: process.platform,
    folders: [
      { path: services.dir.answers, access: 'read' },
      // A long prompt is read from its file by a CLI in its own terminal.
      ...(transport === 'terminal' ? ([{ path: services.dir.prompts, access: 'read' }] as const) : []),
      ...(services.plan.scratchpad ? ([{ path: services.dir.scratchpad, access: 'write' }] as const) : []),
    ],
  };
  return {
    session,
    adapter,
    request,
    transport,
    argvPrefix: place.argvPrefix,
    cwd: place.cwd,
    env: { ...workerEnvironment(services, one, place), ...expanded.env, NIIA_CONTEXT: texts.contextFile },
    ...WORKER_TERMINAL,
    recordingFile: join(services.dir.sessions, `${session}.cast`),
    mask: services.secrets.hidden(),
    outputFile: join(services.dir.sessions, `${session}.out`),
    title: `${planned.key} (${route.label})`,
    limits: {
      startTimeoutMs: planned.startTimeoutMs,
      stallTimeoutMs: planned.stallTimeoutMs,
      retryTimeoutMs: retryTimeoutOf(one, command, context),
      ...(deadlineAt === undefined ? {} : { deadlineAt }),
    },
  };
}

/** For so long a CLI may only try again, in ms: by itself it would for minutes, or for as long as its provider asks. */
const RETRY_TIMEOUT_MS = { withOthers: 30_000, alone: 120_000 } as const;

/** Where another model can take over, waiting is time lost; where none can, the conversation would be. */
function retryTimeoutOf(
  { planned, worker }: WorkerCase,
  { route }: TurnCommand,
  context: PerformContext,
): number {
  const { downModels } = context.currentState();
  const hasOthers = routesOf(planned.routes, worker).some(
    ({ label }, index) => index > route && !downModels.has(label),
  );
  return hasOthers ? RETRY_TIMEOUT_MS.withOthers : RETRY_TIMEOUT_MS.alone;
}

/** Reports what is learnt while the turn runs. */
function watchTurn(
  turn: Turn,
  job: TurnJob,
): {
  onOpen(session: SessionInfo, isNew: boolean): void;
  onEvent(event: AgentEvent): void;
  /** Whether there was a sign of life. */
  wasAlive(): boolean;
} {
  const { command, reports, services } = turn;
  const worker = { worker: command.worker, attempt: command.attempt };
  let isAlive = false;
  let named: string | undefined;
  // A CLI that names conversations itself may do so after its first sign of life.
  const tellAlive = (evidence: string, conversation = named): void => {
    if (isAlive && conversation === named) return;
    isAlive = true;
    named = conversation;
    reports.add({ kind: 'turn-alive', ...worker, evidence, ...(conversation ? { conversation } : {}) });
  };
  // A taken-over turn tells its notes again from the beginning: the journal has them.
  let isTelling = true;
  return {
    wasAlive: () => isAlive,
    onOpen(_session, isNew) {
      isTelling = isNew;
      reports.add({
        kind: 'session-opened',
        ...worker,
        session: job.session,
        purpose: 'turn',
        transport: transportOf(turn),
      });
      reports.add({ kind: 'turn-started', ...worker, ...startOf(turn, job) });
      // A script may work for long without a word.
      if (turn.adapter.silence === 'always') tellAlive('its process runs');
    },
    onEvent(event) {
      if (event.kind === 'ready') tellAlive('the CLI is up', event.conversation);
      if (event.kind === 'ready' && event.model !== undefined) turn.meter.setModel(event.model);
      if (event.kind === 'usage') turn.meter.report(event.usage, event.model);
      if (event.kind === 'activity') tellAlive('there is output');
      const note = isTelling ? noteOf(event) : undefined;
      if (note !== undefined)
        reports.add({
          kind: 'agent-note',
          ...worker,
          what: note.what,
          text: services.secrets.redact(note.text),
        });
    },
  };
}

function startOf({ command, route, adapter }: Turn, { request }: TurnJob) {
  const { turn, route: index } = command;
  const { id, isNew } = request.conversation ?? {};
  // The id that we would give is not the one of a CLI which names conversations itself.
  const isKnown = id !== undefined && (isNew === false || adapter.conversationNames !== 'its own');
  return { turn, route: index, label: route.label, ...(isKnown && { conversation: id }) };
}

function noteOf(
  event: AgentEvent,
): { readonly what: 'retrying' | 'denied'; readonly text: string } | undefined {
  if (event.kind === 'retrying')
    return { what: 'retrying', text: `retry ${event.attempt}: ${event.message}` };
  if (event.kind === 'denied') return { what: 'denied', text: event.tool };
  return undefined;
}

async function reportEnd(turn: Turn, end: TurnEnd, wasAlive: boolean): Promise<void> {
  if (end.kind === 'left') return;
  await reportUse(turn, end, wasAlive);
  for (const { pid, command, reason } of end.survivors) {
    const text = turn.services.secrets.redact(`process ${pid} (${command}) could not be ended: ${reason}`);
    turn.reports.add({ kind: 'note', level: 'warning', text, worker: turn.command.worker });
  }
  if (end.kind === 'stopped') return turn.reports.add(endEvent(turn.command, { kind: 'stopped' }));
  if (end.isOutputLost) {
    const text = 'a part of the output could not be recorded; the answer may not be whole';
    turn.reports.add({ kind: 'note', level: 'warning', text, worker: turn.command.worker });
  }
  if (end.outcome.kind === 'answered') return reportAnswer(turn, end.outcome);
  const { redact } = turn.services.secrets;
  const { reason, message } = end.outcome;
  const tail = end.tail === '' ? {} : { tail: redact(end.tail) };
  turn.reports.add(endEvent(turn.command, { kind: 'failed', reason, message: redact(message), ...tail }));
}

async function reportAnswer(turn: Turn, { answer }: TurnOutcome & { kind: 'answered' }): Promise<void> {
  const { services, command, context, one, reports } = turn;
  const answerFile = await whenDiskHasRoom(
    () => writeAnswer(services.dir, context.plan, command.worker, services.secrets.redact(answer)),
    context.signal,
    noteFullDisk(turn),
  );
  if (answerFile === undefined) return;
  const outcome: Ended = {
    kind: 'answered',
    answerFile,
    summary: services.secrets.redact(summarize(answer)),
  };
  if (one.phase.output === undefined) return reports.add(endEvent(command, outcome));
  const checked = await checkOutput(one.phase.output, answer);
  if (checked.ok) return reports.add(endEvent(command, outcome));
  if (checked.failure.kind === 'misfit')
    return reports.add({
      ...endEvent(command, outcome),
      misfit: services.secrets.redact(checked.failure.errors),
    });
  const message = `the phase's output schema cannot be used: ${checked.failure.message}`;
  reports.add(endEvent(command, { kind: 'failed', reason: { kind: 'output_invalid' }, message }));
}

/** A script costs nothing, and neither does a model that was not there; of all others it is said that nobody knows. */
async function reportUse(
  { adapter, meter }: Turn,
  { outcome }: Exclude<TurnEnd, { kind: 'left' }>,
  wasAlive: boolean,
): Promise<void> {
  const isUsed = outcome?.kind === 'answered' || (wasAlive && isCut(outcome));
  if (outcome?.usage !== undefined || (isUsed && !adapter.isShellPrompt)) await meter.end(outcome?.usage);
}

/** A turn that was ended in the middle has cost what it did so far, though its CLI did not come to say so. */
function isCut(outcome: TurnOutcome | undefined): boolean {
  if (outcome?.kind !== 'failed') return false;
  const { reason } = outcome;
  if (reason.kind === 'unavailable') return reason.what === 'stalled';
  return reason.kind === 'timed_out' || reason.kind === 'crashed';
}

function meterOf(
  services: RunServices,
  { worker, attempt, turn }: TurnCommand,
  route: PlannedRoute,
  reports: ReportQueue,
): TurnMeter {
  const { adapter, alias, label, model } = route;
  const metered = {
    worker,
    attempt,
    turn,
    ...(alias === undefined ? {} : { alias }),
    label,
    adapter,
    ...(model === undefined ? {} : { model }),
  };
  const { prices } = services;
  return new TurnMeter(metered, { prices, events: services.events(), report: event => reports.add(event) });
}

/** What is left of the run's `max_cost_usd`. Several turns at once may each use it up: the limit then ends the others. */
function budgetOf({ plan, currentState }: PerformContext): number | undefined {
  const { maxCostUsd } = plan.limits;
  return maxCostUsd === undefined
    ? undefined
    : Math.max(MIN_BUDGET_USD, maxCostUsd - spentUsd(currentState()));
}

function endEvent(
  command: TurnCommand,
  outcome: Ended,
): { readonly kind: 'turn-ended' } & EventData<'turn-ended'> {
  const { worker, attempt, turn } = command;
  return { kind: 'turn-ended', worker, attempt, turn, outcome };
}

function noteFullDisk({ reports, command }: Turn): (error: Error) => void {
  return error =>
    reports.add({
      kind: 'note',
      level: 'error',
      text: `the disk is full; the worker waits until there is room (${error.message})`,
      worker: command.worker,
    });
}

import { opencodeFailure, opencodeUsage } from '../opencode-words.ts';
import { callText } from '../transcript.ts';
import type { AskedQuestion } from './asked-questions.ts';
import type { ClaimedState, Need } from './claim.ts';
import {
  type OpencodeEvent,
  type OpencodeMessage,
  type OpencodePermission,
  type OpencodeQuestions,
  type OpencodeStatus,
  type OpencodeText,
  readOpencodeEvent,
} from './opencode-events.ts';
import {
  type ChannelRecord,
  NOTHING,
  type Reading,
  type TerminalPlace,
  type TurnFact,
  type UseFact,
} from './terminal-cli.ts';

/**
 * Reads what the server of one opencode tells. It serves several sessions: the conversation that the person sees, those of
 * its sub-agents, and others that were begun with `/new`; the conversation is the one that had the newest prompt.
 */
export function createOpencodeEventReader(
  place: Pick<TerminalPlace, 'model'> = {},
): (record: ChannelRecord) => Reading {
  const reader = new EventReader(place.model);
  return ({ channel, data }) => {
    const event = channel === 'server' ? readOpencodeEvent(data) : undefined;
    return event === undefined ? NOTHING : reader.read(event);
  };
}

/** How the newest turn has gone so far. */
type TurnEnd = 'open' | 'answered' | 'failed';

/** A dialog that stands, or will when those before it are answered. */
interface Request {
  readonly what: Need;
  readonly asked: TurnFact;
}

interface Told {
  readonly facts: TurnFact[];
  readonly uses: UseFact[];
  state: ClaimedState | undefined;
}

class EventReader {
  /** When this terminal was first heard: what is older was told to another one. */
  #heardSince: number | undefined;
  #conversation: string | undefined;
  readonly #subAgents = new Set<string>();
  readonly #prompts = new Set<string>();
  /** Messages whose use was told. */
  readonly #counted = new Set<string>();
  /** Texts of the model by message, in the order of their parts. */
  readonly #texts = new Map<string, Map<string, string>>();
  /** What a person is waited for, by the request's id; it shows one dialog at a time, the oldest first. */
  readonly #open = new Map<string, Request>();
  /** The newest dialog that was told. */
  #shown: string | undefined;
  #end: TurnEnd = 'open';
  /** As its command line names it. */
  readonly #model: string | undefined;
  #hasOtherModel = false;

  constructor(model: string | undefined) {
    this.#model = model;
  }

  read(event: OpencodeEvent): Reading {
    const told: Told = { facts: [], uses: [], state: undefined };
    this.#take(event, told);
    const { facts, uses } = told;
    const state: ClaimedState | undefined = this.#hasOtherModel ? { kind: 'error' } : told.state;
    const claims = state === undefined ? [] : [{ source: 'events', state, text: textOf(event) } as const];
    return { claims, facts, uses };
  }

  #take(event: OpencodeEvent, told: Told): void {
    switch (event.type) {
      case 'stated':
        this.#takeState(event, told);
        break;
      case 'session.created':
        this.#takeSession(event.properties.info);
        break;
      case 'message.updated':
        this.#takeMessage(event.properties.info, told);
        break;
      case 'message.part.updated':
        this.#takeText(event.properties.part);
        break;
      case 'session.status':
        if (event.properties.sessionID === this.#conversation)
          this.#takeStatus(event.properties.status, told);
        break;
      case 'session.error':
        if (event.properties.sessionID === this.#conversation) this.#takeError(event.properties.error, told);
        break;
      case 'permission.asked':
        this.#open.set(event.properties.id, permissionRequest(event.properties));
        told.state = this.#atWork(told);
        break;
      case 'question.asked':
        this.#open.set(event.properties.id, questionRequest(event.properties));
        told.state = this.#atWork(told);
        break;
      default:
        this.#open.delete(event.properties.requestID);
        told.state = this.#atWork(told);
    }
  }

  /** What has happened unheard is taken as if it were heard now, in its order. */
  #takeState({ at, asked }: Extract<OpencodeEvent, { type: 'stated' }>, told: Told): void {
    this.#heardSince ??= at;
    for (const child of asked.children) this.#takeSession(child);
    for (const { info, parts } of asked.messages) {
      for (const part of parts) this.#takeText(part);
      this.#takeMessage(info, told);
    }
    this.#open.clear();
    for (const permission of asked.permissions) this.#open.set(permission.id, permissionRequest(permission));
    for (const questions of asked.questions) this.#open.set(questions.id, questionRequest(questions));
    const own = this.#conversation ?? Object.keys(asked.statuses)[0] ?? '';
    this.#takeStatus(asked.statuses[own] ?? { type: 'idle' }, told);
  }

  #takeSession({ id, parentID }: { readonly id: string; readonly parentID?: string | undefined }): void {
    if (parentID !== undefined) this.#subAgents.add(id);
  }

  #takeMessage(message: OpencodeMessage, told: Told): void {
    if (message.time.created < (this.#heardSince ?? 0)) return;
    const { role, sessionID } = message;
    if (role === 'assistant') this.#takeUse(message, told);
    if (this.#subAgents.has(sessionID)) return;
    if (role === 'user') this.#takePrompt(message, told);
    // The prompt itself was not heard.
    else if (this.#conversation === undefined)
      this.#takePrompt({ ...message, id: message.parentID ?? '' }, told);
    if (role === 'assistant' && sessionID === this.#conversation) this.#takeSaid(message, told);
  }

  #takePrompt({ id, sessionID, model }: OpencodeMessage, told: Told): void {
    if (this.#prompts.has(id)) return;
    if (this.#prompts.size === 0) this.#checkModel(model, told);
    this.#prompts.add(id);
    this.#conversation = sessionID;
    this.#end = 'open';
    told.facts.push({ kind: 'conversation', id: sessionID }, { kind: 'submitted' });
    told.state = { kind: 'working' };
  }

  /** It takes its default for a model that it does not know. Later ones may be a person's choice. */
  #checkModel(model: OpencodeMessage['model'], told: Told): void {
    if (model === undefined || this.#model === undefined) return;
    const taken = `${model.providerID}/${model.modelID}`;
    if (taken === this.#model) return;
    this.#hasOtherModel = true;
    const message = `opencode does not know the model "${this.#model}" and took "${taken}"`;
    told.facts.push({ kind: 'failure', message, reason: { kind: 'bad_model' } });
  }

  #takeSaid({ id, time, finish, summary, error }: OpencodeMessage, told: Told): void {
    if (error !== undefined) this.#takeError(error, told);
    const isLast = time.completed !== undefined && finish !== undefined && finish !== 'tool-calls';
    if (!isLast || error !== undefined || summary === true) return;
    const text = [...(this.#texts.get(id)?.values() ?? [])].join('\n\n');
    this.#end = 'answered';
    told.facts.push({ kind: 'answer', text });
  }

  #takeUse({ id, time, modelID: model, tokens, cost, finish }: OpencodeMessage, told: Told): void {
    const usage = opencodeUsage(tokens, cost);
    // The figures come with the end of the model's words; a message is told again when its tools have ended.
    if (usage === undefined || finish === undefined || this.#counted.has(id)) return;
    this.#counted.add(id);
    const at = new Date(time.created).toISOString();
    told.uses.push({ kind: 'used', id, usage, at, ...(model === undefined ? {} : { model }) });
  }

  #takeText({ messageID, id, text }: OpencodeText): void {
    const texts = this.#texts.get(messageID) ?? new Map<string, string>();
    this.#texts.set(messageID, texts.set(id, text));
  }

  #takeError(error: OpencodeMessage['error'], told: Told): void {
    if (error?.name === BROKEN_OFF) return;
    const { message, status } = opencodeFailure(error);
    this.#end = 'failed';
    told.facts.push({ kind: 'failure', message, ...(status === undefined ? {} : { status }) });
  }

  #takeStatus({ type, attempt = 1, message = '' }: OpencodeStatus, told: Told): void {
    if (type === 'idle') {
      this.#open.clear();
      told.state = STATE_AT_END[this.#end];
      return;
    }
    if (type === 'retry') told.facts.push({ kind: 'retrying', attempt, message });
    told.state = this.#atWork(told);
  }

  #atWork(told: Told): ClaimedState {
    const [first] = this.#open;
    if (first === undefined) return { kind: 'working' };
    const [id, { what, asked }] = first;
    if (id !== this.#shown) told.facts.push(asked);
    this.#shown = id;
    return { kind: 'waiting', what };
  }
}

/** Name of the error of a turn that a person has broken off. */
const BROKEN_OFF = 'MessageAbortedError';

const STATE_AT_END: Readonly<Record<TurnEnd, ClaimedState>> = {
  open: { kind: 'idle' },
  answered: { kind: 'done' },
  failed: { kind: 'error' },
};

function permissionRequest({ permission, metadata, patterns }: OpencodePermission): Request {
  const named = patterns.filter(pattern => pattern !== '*').join(', ');
  const about = metadata?.command ?? metadata?.filepath ?? metadata?.url ?? named;
  const call = callText(permission, about);
  return { what: 'permission', asked: { kind: 'asked', questions: [], call } };
}

function questionRequest({ questions }: OpencodeQuestions): Request {
  return { what: 'question', asked: { kind: 'asked', questions: questions.map(askedQuestion) } };
}

function askedQuestion({
  question,
  options,
  multiple,
}: OpencodeQuestions['questions'][number]): AskedQuestion {
  return { text: question, choices: options.map(({ label }) => label), isMultiple: multiple === true };
}

function textOf(event: OpencodeEvent): string {
  switch (event.type) {
    case 'stated':
      return 'asked for its state';
    case 'session.status': {
      const { type, message } = event.properties.status;
      return message === undefined ? `session.status: ${type}` : `session.status: ${type}, ${message}`;
    }
    case 'permission.asked':
      return `permission.asked: ${event.properties.permission}`;
    default:
      return event.type;
  }
}

import type { FailureReason, UnavailableKind } from './adapter.ts';
import { endOfLimit } from './end-of-limit.ts';

/** What a CLI tells about a failure. */
export interface FailureHint {
  /** The CLI's own words. */
  readonly message: string;
  /** More of its words, for the class alone. */
  readonly context?: string | undefined;
  /** HTTP status of the provider's answer, where the CLI tells it by itself. */
  readonly status?: number | undefined;
  /** When the limit ends, where the CLI tells it by itself; ISO 8601. */
  readonly until?: string | undefined;
}

/**
 * The class of a failure by what real CLIs say of it (spec §4, §10); `at` (ISO 8601) is when it was said, for ends like
 * "in 20 s" or "3 pm". Words that name no class are an ordinary failure with `code`.
 */
export function classifyFailure(hint: FailureHint, at?: string, code = 1): FailureReason {
  const message = hint.context === undefined ? hint.message : `${hint.message}\n${hint.context}`;
  if (CONTEXT_FULL.test(message)) return { kind: 'context_full' };
  const status = hint.status ?? statusIn(message);
  if (isBadModel(message, status)) return { kind: 'bad_model' };
  const what = unavailableKind(message, status);
  if (what === undefined) return { kind: 'exit', code };
  const isLimit = what === 'rate_limited' || what === 'quota';
  const until = isLimit ? (hint.until ?? endOfLimit(message, at)) : undefined;
  return { kind: 'unavailable', what, ...(until === undefined ? {} : { until }) };
}

const CONTEXT_FULL =
  /prompt (is|as) too long|context.{0,12}(length|window|limit).{0,40}exceed|exceed.{0,40}context.{0,8}(length|window|limit)|maximum context length|context_length_exceeded|ran out of room in the model's context|input token count.{0,40}exceeds/i;

const BAD_MODEL =
  /issue with the selected model|model_not_found|modelnotfound|404 NOT_FOUND|requested entity was not found|(model|models\/).{0,80}(not found|not exist|not supported|not available|unavailable for|isn't available)|(unknown|invalid|no such) model|pull model manifest/i;

function isBadModel(message: string, status: number | undefined): boolean {
  // A provider answers 404 to a model it does not have, and to an address that is none: both are settings to mend.
  return status === 404 || BAD_MODEL.test(message);
}

/** In this order: the first that fits is the most telling. */
const UNAVAILABLE: readonly (readonly [UnavailableKind, RegExp])[] = [
  [
    'quota',
    /credit balance|insufficient_quota|insufficient (credits|funds|balance)|exceeded your (current )?quota|quota exceeded|exhausted your (daily |monthly )?(quota|capacity)|(usage|session|daily|weekly|monthly|\d-hour) limit|hit your [\w ]{0,24}limit|out of credits|payment required|premium requests? (limit|quota)/i,
  ],
  [
    'auth',
    /not logged in|please run \/login|(sign|log) ?in\b|to authenticate|not authenticated|authentication.{0,20}(failed|required|error)|failed to authenticate|unauthenticated|unauthorized|(invalid|incorrect|missing|no).{0,12}api[ _-]?key|must specify the \w+ environment variable|missing environment variable|(set an|no|invalid) auth (method|type)|auth_required/i,
  ],
  ['rate_limited', /too many requests|rate.?limit|resource.?exhausted|\bthrottl/i],
  [
    'overloaded',
    /overloaded|high demand|service unavailable|internal server error|bad gateway|gateway time-?out|temporarily unavailable|server (had an )?error/i,
  ],
  [
    'network',
    /ECONN\w+|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|fetch failed|stream disconnected|socket hang ?up|other side closed|connection.{0,16}(error|refused|reset|dropped|failed|closed|lost)|network (error|request failed)|error sending request|cannot connect|could not connect|request timed out|getaddrinfo|retrying provider attempt|UND_ERR/i,
  ],
];

function unavailableKind(message: string, status: number | undefined): UnavailableKind | undefined {
  // Words first: a quota comes as 400, 403 or 429, and only waiting for money or the next window helps against it.
  if (UNAVAILABLE[0]?.[1].test(message)) return 'quota';
  return kindOfStatus(status) ?? UNAVAILABLE.find(([, words]) => words.test(message))?.[0];
}

function kindOfStatus(status: number | undefined): UnavailableKind | undefined {
  if (status === undefined) return undefined;
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 429) return 'rate_limited';
  return status >= 500 && status <= 599 ? 'overloaded' : undefined;
}

/** A status in words: `status 429`, `HTTP 401`, `"code":503`, `429 Too Many Requests`. */
const STATUS = [
  /\b(?:status|http|code|error)\b["'\s:=(]{1,4}([45]\d\d)\b/i,
  /\b([45]\d\d) (?:Unauthorized|Forbidden|Not Found|Too Many Requests|Internal|Bad Gateway|Service|status code)/,
  /^(?:\w+: )?([45]\d\d) /,
];

function statusIn(message: string): number | undefined {
  for (const pattern of STATUS) {
    const found = pattern.exec(message)?.[1];
    if (found !== undefined) return Number(found);
  }
  return undefined;
}

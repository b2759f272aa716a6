/** What stands in place of a secret. */
export const REDACTED = '***';

/** Shorter values would hide half of every text and are no secrets. */
const MIN_SECRET_LENGTH = 4;

/** Values that variables often have and that are no secrets either. */
const HARMLESS = new Set(['true', 'false', 'null', 'none', 'production', 'development']);

/** Hides secret values in whatever is logged, journaled or shown (spec §3 `env`). */
export interface Redactor {
  readonly redactText: (text: string) => string;
  /** Every text that is hidden, for recordings, which are masked where they are written. */
  readonly hidden: readonly string[];
  /** All strings in a JSON value, keys included. */
  readonly redactJson: (value: unknown) => unknown;
  /** For a text that comes in pieces. */
  readonly openStream: () => RedactingStream;
}

/** Hides secrets in a text that comes in pieces, also those that stand across a border. */
export interface RedactingStream {
  /** Takes a piece; returns what is safe to pass on. What may be the beginning of a secret is held back. */
  readonly push: (chunk: string) => string;
  /** The rest. */
  readonly end: () => string;
}

/**
 * Makes a redactor for secret values, in every form in which they commonly appear: as they are, line by line, JSON and
 * URL escaped, base64. Values under 4 characters and a few common words are left alone.
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const forms = secretForms(secrets);
  const redactText = (text: string) => replaceSpans(text, findSpans(text, forms));
  return {
    redactText,
    hidden: forms,
    redactJson: value => redactValue(value, redactText),
    openStream: () => openStream(forms),
  };
}

function secretForms(secrets: readonly string[]): readonly string[] {
  const forms = secrets.filter(isSecret).flatMap(secret => [
    secret,
    // A key of several lines is printed line by line.
    ...secret.split(/\r?\n/).filter(line => line.length >= 8),
    JSON.stringify(secret).slice(1, -1),
    encodeForUrl(secret),
    encodeBase64(secret),
  ]);
  return [...new Set(forms)].filter(isSecret);
}

function isSecret(text: string): boolean {
  return text.trim().length >= MIN_SECRET_LENGTH && !HARMLESS.has(text.toLowerCase());
}

function encodeForUrl(text: string): string {
  // A lone surrogate has no URL form.
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
}

function encodeBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** The stretches of a text that belong to secrets; overlapping ones are one. */
function findSpans(text: string, forms: readonly string[]): readonly Span[] {
  const found: Span[] = [];
  for (const form of forms) {
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      found.push({ start: at, end: at + form.length });
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const merged: { start: number; end: number }[] = [];
  for (const span of found) {
    const last = merged.at(-1);
    if (last !== undefined && span.start < last.end) last.end = Math.max(last.end, span.end);
    else merged.push({ ...span });
  }
  return merged;
}

function replaceSpans(text: string, spans: readonly Span[]): string {
  let result = '';
  let from = 0;
  for (const { start, end } of spans) {
    result += text.slice(from, start) + REDACTED;
    from = end;
  }
  return result + text.slice(from);
}

function openStream(forms: readonly string[]): RedactingStream {
  let held = '';
  return {
    push: chunk => {
      const text = held + chunk;
      const spans = findSpans(text, forms);
      const border = safeBorder(text, spans, forms);
      held = text.slice(border);
      return replaceSpans(
        text.slice(0, border),
        spans.filter(({ end }) => end <= border),
      );
    },
    end: () => {
      const rest = replaceSpans(held, findSpans(held, forms));
      held = '';
      return rest;
    },
  };
}

/** Up to where a text can be passed on: before the first place that may begin a secret which is not whole yet. */
function safeBorder(text: string, spans: readonly Span[], forms: readonly string[]): number {
  let border = text.length;
  for (const form of forms) {
    for (let at = Math.max(0, text.length - form.length + 1); at < border; at += 1) {
      if (form.startsWith(text.slice(at))) border = at;
    }
  }
  // A whole secret that reaches over the border may be one with the unfinished one.
  return spans.find(({ start, end }) => start < border && end > border)?.start ?? border;
}

function redactValue(value: unknown, redactText: (text: string) => string): unknown {
  if (typeof value === 'string') return redactText(value);
  if (Array.isArray(value)) return value.map(item => redactValue(item, redactText));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redactText(key), redactValue(item, redactText)]),
  );
}

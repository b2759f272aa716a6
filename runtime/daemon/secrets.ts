/** The secret values of a run, and their removal from whatever is written down (spec §3 `env`). */
import { createRedactor, type Redactor } from '../session/redact.ts';
import type { Environment } from './env-file.ts';

/** Knows secret values, and hides them in texts. */
export interface Secrets {
  /** Remembers values. */
  add(values: Iterable<string>): void;
  redact(text: string): string;
  /** What a recording has to hide. */
  hidden(): readonly string[];
}

/** Names of variables whose values are secrets wherever they come from. */
const SECRET_NAME = /(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?|_AUTH)$/i;
/** A variable named like a secret but with a value this short is a switch, and hiding it would garble every text. */
const MIN_LENGTH = 6;

/** Begins with the values of an environment's variables that are named like secrets. */
export function createSecrets(env: Environment): Secrets {
  const known = new Set(secretValues(env));
  let redactor: Redactor | undefined;
  const current = (): Redactor => {
    redactor ??= createRedactor([...known]);
    return redactor;
  };
  return {
    add(values) {
      for (const value of values) {
        if (known.has(value)) continue;
        known.add(value);
        redactor = undefined;
      }
    },
    redact: text => (known.size === 0 ? text : current().redactText(text)),
    hidden: () => (known.size === 0 ? [] : current().hidden),
  };
}

function secretValues(env: Environment): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value.length >= MIN_LENGTH ? [value] : [],
  );
}

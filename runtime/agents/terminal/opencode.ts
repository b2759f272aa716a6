/** opencode's live terminal (1.18.33): the process of the terminal is a server, too, which streams what happens. */
import { type AskedQuestion, dialogKeys, type QuestionReply } from './asked-questions.ts';
import { opencodeAsks, readOpencodeEvent } from './opencode-events.ts';
import { createOpencodeEventReader } from './opencode-turns.ts';
import type { TerminalCli, TerminalPlace, TerminalSetUp } from './terminal-cli.ts';

/** opencode in its own terminal. A plugin would be told the same, but makes it wait for an npm install at its start. */
export const opencodeTerminal: TerminalCli = {
  name: 'opencode',
  setUp,
  // Its title names the conversation.
  readTitle: () => undefined,
  read: record => createOpencodeEventReader()(record),
  createReader: createOpencodeEventReader,
  needsServer: true,
  // The server answers seconds before the composer is there.
  submission: () => ({ kind: 'paste', whenSeen: true }),
  // Esc twice, in the form that a program cannot take for Alt+Esc.
  interruptKeys: '\x1b[27u\x1b[27u',
  consentKeys: {
    // The first choice is to allow it once.
    allow: '\r',
    refuse: '\x1b',
    // Where a sub-agent has asked.
    afterRefusal: { shows: /^ *┃ +△ Reject permission/m, key: '\r' },
  },
  answerKeys: dialogKeys({
    severalKeys,
    isReviewed: questions => questions.length > 1 || questions.some(({ isMultiple }) => isMultiple),
  }),
  screen: {
    versions: '1.18.33',
    lines: 40,
    waiting: [
      {
        pattern: /^ *┃ +△ (?:Permission required|Reject permission)|Allow once +Allow always +Reject/m,
        what: 'permission',
      },
      { pattern: /enter (?:submit|confirm|toggle) +esc dismiss/, what: 'question' },
    ],
    working: [/esc (?:again to )?interrupt/],
    // The lower edge of the composer.
    idle: [/^ *╹▀{20,}/m],
  },
};

/** Digits take choices; words are one choice more. Only Tab goes on. */
function severalKeys({ choices }: AskedQuestion, reply: QuestionReply): readonly string[] {
  if (reply.kind === 'words') return [String(choices.length + 1), reply.text, '\r', '\t'];
  return [...reply.numbers.map(String), '\t'];
}

const USER = 'opencode';

/** Its interface asks its own server like any other, and would look for it behind the user's proxy. */
function withoutProxy(env: TerminalPlace['env']): Readonly<Record<string, string>> {
  const names = ['NO_PROXY', 'no_proxy'].filter(name => name in env);
  const all = names.length === 0 ? ['NO_PROXY'] : names;
  return Object.fromEntries(all.map(name => [name, [env[name], '127.0.0.1'].filter(Boolean).join(',')]));
}

function setUp({ folder, env, server }: TerminalPlace): TerminalSetUp {
  if (server === undefined) return { args: [], env: {}, files: [], channels: [] };
  // Values of the user's own stay as they are.
  const password = env.OPENCODE_SERVER_PASSWORD ?? server.password;
  const user = env.OPENCODE_SERVER_USERNAME ?? USER;
  return {
    args: ['--hostname', '127.0.0.1', '--port', String(server.port)],
    env: { OPENCODE_SERVER_PASSWORD: password, OPENCODE_SERVER_USERNAME: user },
    extendedEnv: withoutProxy(env),
    files: [],
    channels: [
      {
        kind: 'server',
        server: { port: server.port, password },
        user,
        events: '/event',
        asks: opencodeAsks,
        keep: readOpencodeEvent,
        journal: `${folder}/events.jsonl`,
      },
    ],
  };
}

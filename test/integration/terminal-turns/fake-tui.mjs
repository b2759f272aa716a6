// A stand-in for a CLI's text interface: speaks OSC 7501, runs the hooks of its --settings, takes bracketed pastes, and
// does what its prompt says: `answer …`, `ask`, `question`, `fail`, `crash`, `forge`, `hang`, `break`, `spend`; everything
// else is answered by its own length. What is spent stands in FAKE_TUI_TRANSCRIPT.
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';

if (process.env.FAKE_TUI_BROKEN === '1') {
  process.stdout.write("error: unknown option '--settings'\r\n");
  process.exit(2);
}
const settings = JSON.parse(process.argv[process.argv.indexOf('--settings') + 1]);
let isDeaf = process.env.FAKE_TUI_DEAF === '1';
let composer = '';
let paste = '';
let isPasting = false;
let onKey;

const transcript = process.env.FAKE_TUI_TRANSCRIPT;
function spend(id, file = transcript) {
  const usage = {
    input_tokens: 100,
    output_tokens: 10,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
  };
  const line = { type: 'assistant', timestamp: new Date().toISOString(), message: { id, model: 'm', usage } };
  // Each part of a message is a line with the figures of all of it.
  appendFileSync(file, `${JSON.stringify(line)}\n${JSON.stringify(line)}\n`);
}

const say = state => process.stdout.write(`\x1b]7501;state=${state}:app=fake\x1b\\`);
function hook(name, data = {}) {
  const about = { session_id: 'fake-conversation', transcript_path: transcript };
  const input = JSON.stringify({ hook_event_name: name, ...about, ...data });
  const command = settings.hooks[name]?.[0].hooks[0].command;
  try {
    if (command !== undefined) execFileSync('sh', ['-c', command], { input });
  } catch {
    // A stop reaches the hook, too, which may have told everything already.
  }
}

const paint = () => process.stdout.write('\x1b[2J\x1b[H❯ \r\n');

function end(text) {
  hook('Stop', { last_assistant_message: text });
  say('done');
}

const plays = {
  answer: text => end(text),
  fail() {
    process.stdout.write('● Did the first half.\r\n');
    const words = 'API Error: 429 Too Many Requests, try again in 2h';
    hook('StopFailure', { error: 'rate_limit', last_assistant_message: words });
    say('error');
  },
  ask() {
    hook('PermissionRequest', { tool_name: 'Bash' });
    say('blocked:kind=permission');
    process.stdout.write('\x1b[5;1HDo you want to proceed?');
    onKey = key => {
      onKey = undefined;
      paint();
      // As claude: a refusal breaks the turn off, and no hook tells of it.
      if (key === '\x1b') return say('idle');
      say('working');
      end(`key ${JSON.stringify(key)}`);
    };
  },
  crash: () => process.kill(process.pid, 'SIGKILL'),
  // Says that it is done, though neither hook nor screen agree; goes on at the next key.
  forge() {
    process.stdout.write('✻ Working… (esc to interrupt)\r\n');
    say('done');
    onKey = () => {
      onKey = undefined;
      end('really done');
    };
  },
  // One message at once; at the next key a sub-agent's, and one more when it is over already.
  spend(text) {
    spend(`${text}1`);
    onKey = key => {
      onKey = undefined;
      if (key === '\x1b') return say('idle');
      const agents = `${transcript.replace(/\.jsonl$/, '')}/subagents`;
      mkdirSync(agents, { recursive: true });
      spend(`${text}2`, `${agents}/agent-1.jsonl`);
      end('spent');
      spend(`${text}3`);
    };
  },
  // Works without getting on, though its interface moves.
  hang() {
    let seconds = 0;
    const timer = setInterval(() => {
      seconds += 1;
      process.stdout.write(`\x1b[5;1H✻ Working… (${seconds}s · esc to interrupt)`);
    }, 20);
    onKey = key => {
      if (key !== '\x1b') return;
      clearInterval(timer);
      onKey = undefined;
      process.stdout.write('\x1b[7;1HInterrupted');
      say('idle');
    };
  },
  question() {
    const options = [{ label: 'Alpha' }, { label: 'Beta' }];
    const questions = [{ question: 'Which one?', options, multiSelect: false }];
    hook('PermissionRequest', { tool_name: 'AskUserQuestion', tool_input: { questions } });
    say('blocked:kind=question');
    process.stdout.write('\x1b[5;1HEnter to select · Esc to cancel');
    let typed = '';
    onKey = key => {
      typed += key;
      if (typed !== '1' && typed !== '2' && key !== '\r') return;
      onKey = undefined;
      paint();
      say('working');
      end(`typed ${JSON.stringify(typed)}`);
    };
  },
  break() {
    onKey = () => {
      onKey = undefined;
      say('idle');
    };
  },
};

function submit(prompt) {
  hook('UserPromptSubmit', { prompt });
  say('working');
  const [, word = '', rest = ''] = /^(\w+) ?([\s\S]*)$/.exec(prompt) ?? [];
  const play = plays[word] ?? (() => end(`${prompt.length} characters`));
  play(rest);
}

function press(key) {
  if (onKey !== undefined) return onKey(key);
  if (key === '\x15') composer = '';
  else if (key !== '\r') composer += key;
  else if (isDeaf) isDeaf = false;
  else {
    const prompt = composer;
    composer = '';
    submit(prompt);
  }
}

// Not in the middle of what it is doing. As all of them, it leaves a clean terminal.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    process.stdout.write('\x1b[2J\x1b[HGo on by --resume.\r\n');
    process.exit(130);
  });
process.stdin.setRawMode(true);
process.stdin.setEncoding('utf8').on('data', text => {
  for (const part of text.split(/(\x1b\[20[01]~)/)) {
    if (part === '\x1b[200~') {
      isPasting = true;
    } else if (part === '\x1b[201~') {
      isPasting = false;
      composer += paste;
      paste = '';
    } else if (isPasting) {
      paste += part;
    } else {
      for (const key of part) press(key);
    }
  }
});
function start() {
  hook('SessionStart', { source: 'startup' });
  paint();
  say('idle');
}

// As copilot: nothing of its own is told before a person has answered.
const folder = process.env.FAKE_TUI_ASKS_ABOUT;
if (folder === undefined) {
  start();
} else {
  process.stdout.write(`Do you want to trust ${folder}?\r\n❯ 1. Yes\r\n  2. No\r\n`);
  onKey = key => {
    onKey = undefined;
    if (key === '1') start();
    else process.exit(1);
  };
}

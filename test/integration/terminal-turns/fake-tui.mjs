// A stand-in for a CLI's text interface: speaks OSC 7501, runs the hooks of its --settings, takes bracketed pastes, and
// does what its prompt says: `answer …`, `ask`, `fail`, `crash`, `forge`; everything else is answered by its own length.
import { execFileSync } from 'node:child_process';

const settings = JSON.parse(process.argv[process.argv.indexOf('--settings') + 1]);
let isDeaf = process.env.FAKE_TUI_DEAF === '1';
let composer = '';
let paste = '';
let isPasting = false;
let onKey;

const say = state => process.stdout.write(`\x1b]7501;state=${state}:app=fake\x1b\\`);
function hook(name, data = {}) {
  const input = JSON.stringify({ hook_event_name: name, session_id: 'fake-conversation', ...data });
  const command = settings.hooks[name]?.[0].hooks[0].command;
  if (command !== undefined) execFileSync('sh', ['-c', command], { input });
}

function end(text) {
  hook('Stop', { last_assistant_message: text });
  say('done');
}

const plays = {
  answer: text => end(text),
  fail() {
    hook('StopFailure', { error: 'rate_limit', last_assistant_message: 'API Error: 429 Too Many Requests' });
    say('error');
  },
  ask() {
    hook('PermissionRequest', { tool_name: 'Bash' });
    say('blocked:kind=permission');
    onKey = key => {
      onKey = undefined;
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
hook('SessionStart', { source: 'startup' });
process.stdout.write('\x1b[2J\x1b[H❯ \r\n');
say('idle');

// The CLI that docs/adding-an-agent-adapter.md describes: `run --json` answers once, `chat` is its text interface. It does
// what the last `%%` of its prompt says: `write FILE`, `ask FILE` (writes once it may), `hang`, `forge` (goes on once there
// is a file `go`), `fail`; everything else is answered by `ready`, or by JSON where a conversation goes on.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs';

const args = process.argv.slice(2);
const usage = { input: 100, output: 10, cost: 0.01 };

if (args[0] === '--version') {
  console.log('my-cli 7.1.0');
} else if (args[0] === 'run') {
  // Nothing is done before the prompt is there.
  process.stdin.resume().on('end', () => {
    const text = args.includes('--resume') ? '{"ok":true}' : 'ready';
    for (const line of [{ session_id: 'talk-1' }, { item: { type: 'message', text } }, { usage }])
      console.log(JSON.stringify(line));
  });
} else {
  chat(args[args.indexOf('--events') + 1]);
}

function chat(eventsFile) {
  let composer = '';
  let isPasting = false;
  let onKey;

  const tell = event => appendFileSync(eventsFile, `${JSON.stringify({ session_id: 'talk-1', ...event })}\n`);
  const show = (title, screen) => process.stdout.write(`\x1b]0;${title}\x07\x1b[2J\x1b[H${screen}`);
  const rest = () => show('- my-cli', '> ');
  const work = () => show('* my-cli', 'At it (esc to stop)\r\n');
  const end = text => {
    tell({ type: 'turn', status: 'ok', text, usage });
    rest();
  };
  const stop = () => {
    onKey = undefined;
    tell({ type: 'interrupted' });
    rest();
    process.stdout.write('interrupted by a key\r\n');
  };
  const write = file => {
    writeFileSync(file, 'by my-cli\n');
    end(`Wrote ${file}.`);
  };

  const plays = {
    write,
    ask(file) {
      tell({ type: 'ask', tool: 'write' });
      show('? my-cli', `Allow write of ${file}? [y/n]`);
      onKey = key => {
        if (key === 'n' || key === '\x1b') return stop();
        if (key !== 'y') return;
        onKey = undefined;
        tell({ type: 'tool' });
        work();
        write(file);
      };
    },
    hang() {
      onKey = key => key === '\x1b' && stop();
    },
    forge() {
      process.stdout.write('\x1b]7501;state=done\x1b\\\x1b]0;- my-cli\x07');
      process.stdout.write('{"type":"turn","status":"ok","text":"forged"}\r\n');
      const timer = setInterval(() => {
        if (!existsSync('go')) return;
        clearInterval(timer);
        end('really done');
        process.stdout.write('\x1b]7501;state=done\x1b\\');
      }, 20);
    },
    fail() {
      tell({ type: 'turn', status: 'failed', text: 'quota used up for today' });
      rest();
    },
  };

  function submit(prompt) {
    tell({ type: 'prompt' });
    work();
    const [, word = '', about = ''] = /%%(\w+) ?(\S*)(?![\s\S]*%%)/.exec(prompt) ?? [];
    const play = plays[word] ?? (() => end(args.includes('--resume') ? '{"ok":true}' : 'ready'));
    play(about);
  }

  function press(key) {
    if (onKey !== undefined) return onKey(key);
    if (key === '\x15') composer = '';
    else if (key !== '\r') composer += key;
    else if (composer !== '') {
      const prompt = composer;
      composer = '';
      submit(prompt);
    }
  }

  process.stdin.setRawMode(true);
  process.stdin.setEncoding('utf8').on('data', text => {
    for (const part of text.split(/(\x1b\[20[01]~)/)) {
      if (/^\x1b\[20[01]~$/.test(part)) isPasting = part.endsWith('0~');
      else if (isPasting) composer += part;
      else for (const key of part) press(key);
    }
  });
  tell({ type: 'start' });
  rest();
}

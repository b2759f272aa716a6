/**
 * Finds the places that the output of compilers, linters and test runners complains about. Each tool has one pattern here;
 * what merely names a file is left to the links of the terminal. Pure, and linear in the text.
 */

/** A place in a file that output complains about. */
export interface OutputLocation {
  /** As the output has it: absolute, relative, or a `file:` URI. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column?: number;
  /** What the tool says; empty if it says nothing beside the place. */
  readonly message: string;
  /** Frames of one stack trace share it: the first that is the user's own stands for all. */
  readonly stack?: number;
}

/** Longer lines are no messages of a tool. */
const MAX_LINE = 1_000;

/** Places of one output: the last ones, because a worker tries again and again. */
const MAX_LOCATIONS = 60;

/** What a line can refer to: the lines before it. */
interface Context {
  /** File that an ESLint block is about. */
  file: string;
  /** The last line that reads like an error, for tools that print the place below it. */
  error: string;
  /** Number of the stack trace that a frame belongs to. */
  stack: number;
  wasFrame: boolean;
  /** Place of the last Python frame: its error comes below. */
  python: OutputLocation | undefined;
}

/** The places of an output without escape sequences, in its order, each once. */
export function findOutputLocations(text: string): readonly OutputLocation[] {
  const context: Context = { file: '', error: '', stack: 0, wasFrame: false, python: undefined };
  const found = new Map<string, OutputLocation>();
  for (const line of text.split(/\r?\n|\r/)) {
    if (line.length > MAX_LINE) continue;
    const location = readLine(line, context);
    if (location === undefined) continue;
    const key = `${location.path}:${location.line}:${location.column ?? 0}`;
    // A place that is named again is as the later message says, which is that of the later try.
    found.delete(key);
    found.set(key, location);
  }
  return [...found.values()].slice(-MAX_LOCATIONS);
}

function readLine(line: string, context: Context): OutputLocation | undefined {
  const frame = placeOf(FRAME.exec(line));
  if (frame !== undefined) return readFrame(frame, context);
  context.wasFrame = false;
  const location =
    readPython(line, context) ?? readEslint(line, context) ?? readBelow(line, context) ?? readDirect(line);
  if (location === undefined) remember(line, context);
  return location;
}

/** `at f (file:///a/b.js:12:5)`, `at async /a/b.js:12:5`, `test at test/a.test.ts:3:1`. */
const FRAME = /^\s*(?:test )?at (?:.*\()?(?<path>[^()\s][^()]*?):(?<line>\d+):(?<column>\d+)\)?$/;

/** Frames of the platform and of packages are nobody's to mend. */
const FOREIGN = /^node:|(?:^|[\\/])node_modules[\\/]/;

function readFrame(frame: OutputLocation, context: Context): OutputLocation | undefined {
  if (!context.wasFrame) context.stack += 1;
  context.wasFrame = true;
  if (FOREIGN.test(frame.path)) return undefined;
  return { ...frame, message: context.error, stack: context.stack };
}

/** `File "a.py", line 3, in f`; the error stands on the first line below that is not indented. */
const PYTHON_FRAME = /^\s*File "(?<path>[^"]+)", line (?<line>\d+)/;

function readPython(line: string, context: Context): OutputLocation | undefined {
  const frame = placeOf(PYTHON_FRAME.exec(line));
  if (frame !== undefined) {
    context.python = frame;
    return undefined;
  }
  const { python } = context;
  if (python === undefined || /^\s|^$|^Traceback/.test(line)) return undefined;
  context.python = undefined;
  return /^[\w.]+(?:Error|Exception|Exit|Interrupt|Warning)?\b(?::|$)/.test(line)
    ? { ...python, message: line }
    : undefined;
}

/** Below the name of its file: `  12:5  error  'x' is not defined  no-undef`. */
const ESLINT = /^\s+(?<line>\d+):(?<column>\d+)\s+error\s+(?<message>\S.*?)$/;

function readEslint(line: string, context: Context): OutputLocation | undefined {
  const match = ESLINT.exec(line);
  if (context.file === '') return undefined;
  const place = placeOf(match, context.file);
  return place && { ...place, message: place.message.replace(/\s{2,}/g, ' ') };
}

/** `  --> src/main.rs:3:5` below `error[E0308]: mismatched types`. */
const RUST = /^\s*--> (?<path>[^\s:][^:]*):(?<line>\d+):(?<column>\d+)$/;

function readBelow(line: string, context: Context): OutputLocation | undefined {
  const place = placeOf(RUST.exec(line));
  if (place === undefined || context.error === '') return undefined;
  const message = context.error;
  context.error = '';
  return { ...place, message };
}

/** A path with an ending, so that times (`12:30:05`) and hosts with ports are none. */
const PATH = String.raw`(?<path>(?:[A-Za-z]:)?[^\s:()"'<>|*?][^:()"'<>|*?]*\.\w+)`;

/** Place and message on one line. */
const DIRECT: readonly RegExp[] = [
  // tsc, MSBuild: a.ts(3,5): error TS2322: …
  new RegExp(String.raw`^\s*${PATH}\((?<line>\d+),(?<column>\d+)\): (?:fatal )?error (?<message>.*)$`),
  // tsc --pretty: a.ts:3:5 - error TS2322: …
  new RegExp(String.raw`^\s*${PATH}:(?<line>\d+):(?<column>\d+) - error (?<message>.*)$`),
  // gcc, clang, go, ruff, eslint -f unix: a.c:3:5: error: …
  new RegExp(
    String.raw`^\s*${PATH}:(?<line>\d+):(?<column>\d+): (?!warning|note|info|remark|hint)(?:(?:fatal )?error:? )?(?<message>.*)$`,
  ),
  // go test, pytest, make, PHP: a_test.go:3: …
  new RegExp(
    String.raw`^\s*${PATH}:(?<line>\d+): (?!warning|note|info|remark|in )(?:(?:fatal )?error:? )?(?<message>\S.*)$`,
  ),
];

function readDirect(line: string): OutputLocation | undefined {
  for (const pattern of DIRECT) {
    const place = placeOf(pattern.exec(line));
    if (place !== undefined) return place;
  }
  return undefined;
}

/** Keeps what lines below may refer to. */
function remember(line: string, context: Context): void {
  if (/^(?:\S*[\\/])?[^\s:]+\.\w+$/.test(line)) context.file = line;
  else if (line.trim() === '') context.file = '';
  const error = ERROR_LINE.exec(line);
  if (error !== null) context.error = line.trim();
  // A warning's place is none of the error's before it.
  else if (/^\s*(?:warning|note)(?:\[\w+\])?:/.test(line)) context.error = '';
}

/** `error[E0308]: …`, `AssertionError [ERR_ASSERTION]: …`, `TypeError: …`, `✖ a test fails`, `● suite › test`, `1) a test`. */
const ERROR_LINE = /^\s*(?:error(?:\[\w+\])?: |[A-Za-z]*Error(?: \[\w+\])?: |[✖✕●×] |\d+\) )/;

function placeOf(match: RegExpExecArray | null, file?: string): OutputLocation | undefined {
  const { path = file, line, column, message = '' } = match?.groups ?? {};
  if (path === undefined || line === undefined || Number(line) < 1) return undefined;
  return {
    path,
    line: Number(line),
    message: message.trim(),
    ...(column !== undefined && { column: Number(column) }),
  };
}

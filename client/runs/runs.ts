/**
 * What this window knows of runs, and how its parts talk about them. Views read from here and change nothing but through
 * `request`; the daemon is the only truth.
 */
import type { Event } from 'vscode';
import type { RunView } from '../../runtime/engine/projections.ts';
import type { Plan } from '../../runtime/plan/plan.ts';
import type { Method, Params, Responses, RpcFailure, RunRow } from '../../runtime/protocol.ts';
import type { Result } from '../../runtime/result.ts';

/** A run in full. */
export interface LoadedRun {
  readonly plan: Plan;
  readonly view: RunView;
  /** The run's directory: answers, recordings, journal. */
  readonly dir: string;
}

/** How the window stands to the daemon. */
export type DaemonState =
  | { readonly kind: 'connected'; readonly version: string; readonly pid: number }
  /** Nobody asked for it yet, or no daemon runs and nothing needs one. */
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  /** Gone or not startable; tried again with growing pauses. `log` has its last lines. */
  | { readonly kind: 'lost'; readonly message: string; readonly log: readonly string[] }
  /** A daemon of another version serves this user; its runs go on, this window cannot show them. `detail` names the versions. */
  | { readonly kind: 'other-version'; readonly message: string; readonly detail: string };

/** Runs of the files in this window. */
export interface Runs {
  readonly daemon: DaemonState;
  readonly onDidChangeDaemon: Event<DaemonState>;
  /** Socket of the PTY host and the state directory its token stands in; undefined while not connected. */
  readonly ptyHost: { readonly socketPath: string; readonly stateDir: string } | undefined;
  /** Newest first. */
  list(): readonly RunRow[];
  /** The newest run of a connector file, by its path on disk. */
  newest(file: string): RunRow | undefined;
  /** The run as it is now, if somebody has loaded it. Unfinished runs of this window load by themselves. */
  loaded(run: string): LoadedRun | undefined;
  /** Loads a run and keeps it up to date until it has ended. */
  load(run: string): Promise<Result<LoadedRun, RpcFailure>>;
  /** A run's row or its view changed; at most once per 100 ms and run. */
  readonly onDidChange: Event<string>;
  /** Connects, starting a daemon where none runs, unless the workspace is untrusted (`untrusted`). */
  request<M extends Method>(method: M, params: Params<M>): Promise<Result<Responses[M], RpcFailure>>;
}

/** What the commands about runs are called with, as plain JSON. Anybody can call a command: read it with `readRunItem`. */
export interface RunItem {
  readonly run: string;
  readonly phase?: string;
  /** A worker's key, `<phase>/<id>`. */
  readonly worker?: string;
  /** A session of the worker; absent = its latest. */
  readonly session?: string;
}

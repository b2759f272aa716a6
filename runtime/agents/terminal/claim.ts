/** What the sources of a CLI's state say, each by itself. */

/**
 * Where a claim comes from. `program-status` (OSC 7501), `title`, `progress` (OSC 9;4) and `notification` (OSC 9, OSC 777, the
 * bell) travel inside of the output, where anything a tool prints can forge them; `hooks`, `events`, `status-file` and
 * `transcript` come on ways of their own.
 */
export type SourceName =
  | 'program-status'
  | 'title'
  | 'progress'
  | 'notification'
  | 'events'
  | 'hooks'
  | 'status-file'
  | 'transcript'
  | 'screen';

/** What somebody is needed for. */
export type Need = 'permission' | 'question' | 'auth';

/** What one source says that the program does. `idle` and `done`: it takes a prompt; `done`: after a turn that ended well. */
export type ClaimedState =
  | { readonly kind: 'working' }
  | { readonly kind: 'waiting'; readonly what: Need }
  | { readonly kind: 'idle' }
  | { readonly kind: 'done' }
  | { readonly kind: 'error' };

/** One source's word. */
export interface Claim {
  readonly source: SourceName;
  readonly state: ClaimedState;
  /** The source's own words, for people: `blocked: approve Bash`. */
  readonly text: string;
}

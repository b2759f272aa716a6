/** node-pty's loader of its native module: the part below its public API that we use on Unix. */
declare module 'node-pty/lib/utils.js' {
  /** Loads `pty.node` from build/ or prebuilds/. `dir` is relative to node-pty's lib folder. */
  export function loadNativeModule(name: 'pty'): { readonly dir: string; readonly module: UnixNative };

  /** Native functions of node-pty on Linux and macOS (src/unix/pty.cc). */
  export type UnixNative = {
    /** Starts a process in a new session on a new terminal. Every other descriptor is closed in the child. */
    fork(
      file: string,
      args: readonly string[],
      env: readonly string[],
      cwd: string,
      cols: number,
      rows: number,
      uid: number,
      gid: number,
      isUtf8: boolean,
      helperPath: string,
      onExit: (code: number, signal: number) => void,
    ): { readonly fd: number; readonly pid: number; readonly pty: string };
    /** Sets the size of a terminal; the kernel sends SIGWINCH. */
    resize(fd: number, cols: number, rows: number, xPixels: number, yPixels: number): void;
  };
}

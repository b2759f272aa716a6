import { err, ok } from '../result.ts';
import type { SessionPlugin } from './session-plugin.ts';

/** Decides what the worker may do without asking: `edit` in a worktree of its own, else `ask` (spec §3 `permission`). */
export const permissionPlugin: SessionPlugin = {
  name: 'permission',
  apply: async (session, { settings }) => {
    const usual = session.worktree === undefined ? 'ask' : 'edit';
    return ok({ ...session, permission: settings.permission ?? usual });
  },
};

/** Refuses sessions that ask for a sandbox: there is none on this platform, and a silent run without is never right. */
export const sandboxPlugin: SessionPlugin = {
  name: 'sandbox',
  apply: async (session, { settings }) => {
    if (settings.sandbox === false) return ok(session);
    const message = 'this version has no sandbox; set "sandbox": false to run without one';
    return err({ kind: 'sandbox_unavailable', message });
  },
};

/** Bounds the worker's life (spec §3 `timeout_ms`). */
export const timeoutPlugin: SessionPlugin = {
  name: 'timeout',
  apply: async (session, { settings }) =>
    ok(settings.timeoutMs === undefined ? session : { ...session, timeoutMs: settings.timeoutMs }),
};

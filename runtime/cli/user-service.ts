/** `niia daemon install`: a service of the user, so that the daemon is there after a reboot. Writes only when asked. */
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { connectOptions } from './connect.ts';
import { exitCodes } from './exit-codes.ts';
import { type CliFailure, failed } from './failure.ts';
import { fileProblem } from './file-problem.ts';
import type { VerbContext } from './verb.ts';

/** A service file: where it goes, what is in it, how it is switched on and off. */
export interface UserService {
  readonly file: string;
  readonly text: string;
  readonly enable: string;
  readonly disable: string;
}

/** Writes the service file and says what was done and what to do next. */
export async function installUserService(context: VerbContext): Promise<Result<number, CliFailure>> {
  const options = await connectOptions(context.env);
  if (!options.ok) return options;
  const { node, script } = options.value.autostart;
  const service = planUserService({
    platform: process.platform,
    home: homedir(),
    node,
    script,
    env: context.env,
  });
  if (service === undefined)
    return err(
      failed(
        `there is no user service for ${process.platform} yet`,
        'the daemon starts by itself when it is needed',
      ),
    );
  try {
    await mkdir(dirname(service.file), { recursive: true });
    await writeFile(service.file, service.text);
  } catch (error) {
    return err(failed(`cannot write "${service.file}": ${fileProblem(error)}`));
  }
  const { stdout } = context.terminal;
  stdout.write(`wrote ${service.file}\n`);
  stdout.write(`start it with your login:  ${service.enable}\n`);
  stdout.write(`take it away again:        ${service.disable}\n`);
  return ok(exitCodes.succeeded);
}

/** What the service depends on. */
export interface ServiceRequest {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly node: string;
  readonly script: string;
  readonly env: Readonly<NodeJS.ProcessEnv>;
}

/** The service of a platform; undefined where there is none. Pure. */
export function planUserService({
  platform,
  home,
  node,
  script,
  env,
}: ServiceRequest): UserService | undefined {
  const niiaHome = env.NIIA_HOME;
  if (platform === 'linux') {
    const file = join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'systemd', 'user', 'niia.service');
    return {
      file,
      text: systemdUnit(node, script, niiaHome),
      enable: 'systemctl --user enable --now niia.service && loginctl enable-linger',
      disable: `systemctl --user disable --now niia.service && rm ${file}`,
    };
  }
  if (platform === 'darwin') {
    const file = join(home, 'Library', 'LaunchAgents', 'dev.niia.daemon.plist');
    return {
      file,
      text: launchdPlist(node, script, niiaHome),
      enable: `launchctl bootstrap gui/$(id -u) ${file}`,
      disable: `launchctl bootout gui/$(id -u)/dev.niia.daemon && rm ${file}`,
    };
  }
  return undefined;
}

function systemdUnit(node: string, script: string, niiaHome: string | undefined): string {
  // systemd reads % as a specifier and \ and " as quoting.
  const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&').replaceAll('%', '%%')}"`;
  const home = niiaHome === undefined ? '' : `Environment=${quote(`NIIA_HOME=${niiaHome}`)}\n`;
  return `[Unit]
Description=niia daemon: runs connector files

[Service]
ExecStart=${quote(node)} ${quote(script)}
${home}Restart=on-failure
# Workers are ended by the daemon itself; a stopped daemon leaves them for its next start.
KillMode=process

[Install]
WantedBy=default.target
`;
}

function launchdPlist(node: string, script: string, niiaHome: string | undefined): string {
  const escapeXml = (text: string) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const home =
    niiaHome === undefined
      ? ''
      : `  <key>EnvironmentVariables</key>\n  <dict><key>NIIA_HOME</key><string>${escapeXml(niiaHome)}</string></dict>\n`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>dev.niia.daemon</string>
  <key>ProgramArguments</key>
  <array><string>${escapeXml(node)}</string><string>${escapeXml(script)}</string></array>
${home}  <key>RunAtLoad</key><true/>
  <key>AbandonProcessGroup</key><true/>
</dict>
</plist>
`;
}

/** The `lab` commands that look at a running lab from another terminal, hand leadership over, and end it. */
import type { Command } from 'commander';
import type { ControlClient } from '../../lab/live/control-client.js';
import { statusLines, writeLine } from './lab-output.js';
import { onRunningLab, withTarget } from './lab-target.js';
import type { TargetFlags } from './lab-target.js';

/** Everything that could lead a client around the fabric. */
const OTHER_PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'no_grpc_proxy'];

/** Adds status, transfer-leadership, env and down. Exit codes: 0, 1 it failed, 2 wrong usage. */
export function registerLabCommands(program: Command): void {
  withTarget(program.command('status').description('how the nodes and chunks are, and what is in force')).action(
    (flags: TargetFlags) =>
      onRunningLab(flags, async (lab) => {
        const status = await lab.status();
        if (flags.json === true) writeLine(JSON.stringify(status));
        else for (const line of statusLines(status)) writeLine(line);
      }),
  );
  withTarget(
    program
      .command('transfer-leadership')
      .description('hand the lead over to a master; left out: to whichever has the most of the log')
      .argument('[master]', 'its name: m-2'),
  ).action((master: string | undefined, flags: TargetFlags) =>
    onRunningLab(flags, async (lab) => {
      const nodes = master === undefined ? [] : [master];
      await lab.act({ action: 'transfer-leadership', nodes });
      writeDone(flags, 'transfer-leadership', nodes);
    }),
  );
  withTarget(program.command('env').description('shell variables for clients that feel partitions: eval "$(lab env)"')).action(
    (flags: TargetFlags) => onRunningLab(flags, (lab) => printEnvironment(lab, flags.json === true)),
  );
  withTarget(program.command('down').description('end the running lab')).action((flags: TargetFlags) =>
    onRunningLab(flags, async (lab) => {
      await lab.down();
      writeDone(flags, 'down', []);
    }),
  );
}

function writeDone(flags: TargetFlags, action: string, nodes: readonly string[]): void {
  if (flags.json === true) writeLine(JSON.stringify({ done: action, nodes }));
  else writeLine(`${action}: done${nodes.length === 0 ? '' : ` (${nodes.join(', ')})`}`);
}

async function printEnvironment(lab: ControlClient, json: boolean): Promise<void> {
  const { masters, profile, proxy } = await lab.environment();
  if (json) {
    writeLine(JSON.stringify({ DISTRIFS_MASTER: masters, DISTRIFS_PROFILE: profile, grpc_proxy: proxy }));
    return;
  }
  writeLine(`export DISTRIFS_MASTER=${masters}`);
  writeLine(`export DISTRIFS_PROFILE=${profile}`);
  writeLine(`export grpc_proxy=${proxy}`);
  writeLine(`unset ${OTHER_PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]).join(' ')} GRPC_PROXY`);
}

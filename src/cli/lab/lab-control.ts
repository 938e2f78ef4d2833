/** The actions of the `lab` commands that show the status of a running lab, transfer leadership, and end the lab. */
import type { ControlClient } from '../../lab/live/control-client.js';
import { parseProxyUrl } from '../../runtime/node/net/http-connect.js';
import { parseAddress } from '../../shared/address.js';
import { parseProfile } from '../../shared/profile.js';
import { shellWord } from '../../lab/record/shell-word.js';
import type { EnvironmentAnswer } from '../../lab/live/control-messages.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';
import { statusLines } from './node-tables.js';
import { onRunningLab, type TargetFlags } from './lab-target.js';

/** Variables that could make a client bypass the fabric. */
const OTHER_PROXY_VARIABLES = ['http_proxy', 'https_proxy', 'all_proxy', 'no_proxy', 'no_grpc_proxy'];

type TargetCall = Call<readonly [], TargetFlags>;

/** `lab status` */
export const status = ({ flags }: TargetCall): Promise<void> =>
  onRunningLab(flags, async (lab) => {
    const answer = await lab.status();
    if (flags.json === true) writeLine(JSON.stringify(answer));
    else for (const line of statusLines(answer)) writeLine(line);
  });

/** `lab transfer-leadership` */
export const transferLeadership = ({
  args: [master],
  flags,
}: Call<readonly [master: string | undefined], TargetFlags>): Promise<void> =>
  onRunningLab(flags, async (lab) => {
    const nodes = master === undefined ? [] : [master];
    await lab.act({ action: 'transfer-leadership', nodes });
    writeDone(flags, 'transfer-leadership', nodes);
  });

/** `lab env` */
export const environment = ({ flags }: TargetCall): Promise<void> =>
  onRunningLab(flags, (lab) => printEnvironment(lab, flags.json === true));

/** `lab down` */
export const down = ({ flags }: TargetCall): Promise<void> =>
  onRunningLab(flags, async (lab) => {
    await lab.down();
    writeDone(flags, 'down', []);
  });

function writeDone(flags: TargetFlags, action: string, nodes: readonly string[]): void {
  if (flags.json === true) writeLine(JSON.stringify({ done: action, nodes }));
  else writeLine(`${action}: done${nodes.length === 0 ? '' : ` (${nodes.join(', ')})`}`);
}

/**
 * The variables that lead to the lab. A shell evaluates them: each value is checked, and quoted where it is printed.
 * @throws DfsError INVALID_ARGUMENT when the lab's answer is none
 */
export function variablesOf({ masters, profile, proxy }: EnvironmentAnswer): Readonly<Record<string, string>> {
  for (const master of masters.split(',')) parseAddress(master);
  parseProfile(profile);
  parseProxyUrl(proxy);
  return { DISTRIFS_MASTER: masters, DISTRIFS_PROFILE: profile, grpc_proxy: proxy };
}

async function printEnvironment(lab: ControlClient, json: boolean): Promise<void> {
  const variables = variablesOf(await lab.environment());
  if (json) {
    writeLine(JSON.stringify(variables));
    return;
  }
  for (const [name, value] of Object.entries(variables)) writeLine(`export ${name}=${shellWord(value)}`);
  writeLine(`unset ${OTHER_PROXY_VARIABLES.flatMap((name) => [name, name.toUpperCase()]).join(' ')} GRPC_PROXY`);
}

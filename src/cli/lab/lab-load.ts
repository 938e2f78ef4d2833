/** The actions of `lab load`: start and stop the steady load of a running lab, and show its rates. */
import type { LoadAnswer } from '../../lab/live/control-messages.js';
import type { SteadyLoadStatus, SteadyLoadWords } from '../../supervisor/api/steady-load.js';
import type { Call } from '../terminal/command-row.js';
import { writeLine } from '../terminal/standard-output.js';
import { loadLines } from './lab-output.js';
import { onRunningLab } from './lab-target.js';
import type { TargetFlags } from './lab-target.js';

interface StartFlags extends TargetFlags {
  readonly clients?: number;
  readonly rate?: string;
  readonly size?: string;
  readonly names?: number;
}

/** `lab load start` */
export const startLoad = ({ args: [type], flags }: Call<readonly [type: string | undefined], StartFlags>): Promise<void> =>
  onRunningLab(flags, async (lab) => {
    const { clients, rate, size, names } = flags;
    const given = Object.entries({ type, clients, rate, size, names }).filter(([, value]) => value !== undefined);
    const words: SteadyLoadWords = Object.fromEntries(given);
    const answer = await lab.load({ run: true, ...words });
    print(flags, answer, (load) => [`load: on (${load.type}, ${load.clients} clients); lab load stop ends it`]);
  });

/** `lab load stop` */
export const stopLoad = ({ flags }: Call<readonly [], TargetFlags>): Promise<void> =>
  onRunningLab(flags, async (lab) => print(flags, await lab.load({ run: false }), loadLines));

/** `lab load status` */
export const showLoad = ({ flags }: Call<readonly [], TargetFlags>): Promise<void> =>
  onRunningLab(flags, async (lab) => print(flags, await lab.load(), loadLines));

function print(flags: TargetFlags, { load }: LoadAnswer, lines: (load: SteadyLoadStatus) => readonly string[]): void {
  if (flags.json === true) writeLine(JSON.stringify(load));
  else for (const line of lines(load)) writeLine(line);
}

/** What the terminal UI needs from its host beside the cluster's control: storing files in the cluster, a steady load, and breaking it by
 * command. */
import type { LabFaults } from '../../supervisor/api/lab-faults.js';
import type { SteadyLoad } from '../../supervisor/api/steady-load.js';
import type { Vocabulary } from './command-prompt.js';

/** Called as a put goes on. `doneBytes` <= `totalBytes`. May be called often. */
export type PutProgressListener = (doneBytes: number, totalBytes: number) => void;

export interface PutResult {
  /** Where the file is now, in the cluster. */
  readonly path: string;
  readonly bytes: number;
}

/** The host implements it with the SDK. Rejections become one line of the event log, so their messages say what failed. */
export interface TuiActions {
  /**
   * Stores a local file in the cluster under a name the host chooses.
   * @param localPath as the person typed it, with `~/` resolved; relative to the working directory
   */
  putFile(localPath: string, onProgress?: PutProgressListener): Promise<PutResult>;
  /** Stores a generated file of `sizeBytes`. */
  putSample(sizeBytes: number, onProgress?: PutProgressListener): Promise<PutResult>;
  /** What `:` and the keys of faults do. */
  readonly faults: Pick<LabFaults, 'check' | 'order' | 'orderStep'>;
  readonly load: SteadyLoad;
  readonly vocabulary: Vocabulary;
}

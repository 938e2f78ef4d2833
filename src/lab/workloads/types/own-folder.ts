/** The folders of files that are written once, by one client each. */

const FOLDER = '/workload';

/** The folder of one client's files. @param client name of the client */
export const workloadFolder = (client: string, root = ''): string => `${root}${FOLDER}/${client}`;

/** True for a file that one client writes once, and that no client removes before the write is acknowledged. */
export const isOwnFile = (path: string): boolean => path.startsWith(`${FOLDER}/`);

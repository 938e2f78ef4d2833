/** Where the files stand that one client alone writes, once. */

const FOLDER = '/workload';

/** The folder of one client's files. @param client its name */
export const workloadFolder = (client: string, root = ''): string => `${root}${FOLDER}/${client}`;

/** True for a file that one client alone writes, once, and that nobody removes before that is acknowledged. */
export const isOwnFile = (path: string): boolean => path.startsWith(`${FOLDER}/`);

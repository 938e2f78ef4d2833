/** Paths as strings: absolute, without a trailing slash; `/` is the root. */

/** The directory that holds a path; the root's is the root. */
export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** The path of a name in a directory. */
export const childOf = (directory: string, name: string): string => `${directory === '/' ? '' : directory}/${name}`;

export const isBelow = (path: string, directory: string): boolean =>
  path !== directory && path.startsWith(directory === '/' ? '/' : `${directory}/`);

/** The directories above a path without the root, the highest first. */
export function ancestorsOf(path: string): string[] {
  const ancestors: string[] = [];
  for (let at = parentOf(path); at !== '/'; at = parentOf(at)) ancestors.push(at);
  return ancestors.reverse();
}

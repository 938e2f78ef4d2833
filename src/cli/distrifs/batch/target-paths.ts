/** The paths that the sources of one command are given: several need a directory, and no two the same path. */
export class TargetPaths {
  readonly target: string;
  readonly isDirectory: boolean;
  readonly #taken = new Set<string>();

  /**
   * @param target as it was typed
   * @param sources their number
   * @throws Error for several sources and a target that is no directory
   */
  constructor(target: string, isDirectory: boolean, sources: number) {
    if (sources > 1 && !isDirectory) throw new Error(`"${target}" is not a directory: several sources need one`);
    this.target = target;
    this.isDirectory = isDirectory;
  }

  /** @returns the path. @throws Error when another source has it already */
  take(path: string): string {
    if (this.#taken.has(path)) throw new Error(`"${path}" is the target of another source already`);
    this.#taken.add(path);
    return path;
  }
}

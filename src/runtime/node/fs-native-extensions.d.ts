/** Types for the used part of the package `fs-native-extensions`, which ships none. */
declare module 'fs-native-extensions' {
  interface FsNativeExtensions {
    /**
     * Takes an exclusive advisory lock on the whole file, owned by this open file description.
     * @returns false when another open of the file holds it
     */
    tryLock(fd: number): boolean;
  }
  const extensions: FsNativeExtensions;
  export default extensions;
}

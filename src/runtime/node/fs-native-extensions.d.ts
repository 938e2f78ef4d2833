/** The part of the package `fs-native-extensions` that is used here; it ships no types. */
declare module 'fs-native-extensions' {
  interface FsNativeExtensions {
    /**
     * Takes an exclusive advisory lock on the whole file, tied to this open of it.
     * @returns false when another open of the file holds it
     */
    tryLock(fd: number): boolean;
  }
  const extensions: FsNativeExtensions;
  export default extensions;
}

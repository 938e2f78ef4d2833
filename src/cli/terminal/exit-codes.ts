/** Exit codes shared by the commands. */
export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
/** Wrong usage of commands whose exit code is a verdict. */
export const EXIT_BAD_ARGUMENTS = 254;

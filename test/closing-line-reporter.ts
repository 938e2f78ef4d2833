/** Ends a test run with one plain line, `N passed, N failed`, which scripts can read. */
import type { Reporter, TestModule } from 'vitest/node';

export default class ClosingLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    let passed = 0;
    let failed = unhandledErrors.length;
    for (const testModule of modules) {
      let own = 0;
      for (const test of testModule.children.allTests()) {
        const state = test.result().state;
        if (state === 'passed') passed++;
        if (state === 'failed') own++;
      }
      // A file that cannot be loaded holds no test, and failed all the same.
      failed += own === 0 && testModule.state() === 'failed' ? 1 : own;
    }
    process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  }
}

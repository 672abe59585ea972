import { availableParallelism } from 'node:os';

/** Tests run as ES modules on the sources; worker threads and child processes run the build in dist/. */
export default {
  testEnvironment: '<rootDir>/tests/support/runner/environment.js',
  testRunner: '<rootDir>/tests/support/runner/run-file.js',
  testMatch: ['<rootDir>/tests/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  globalSetup: '<rootDir>/tests/support/run-setup.ts',
  globalTeardown: '<rootDir>/tests/support/run-teardown.ts',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testSequencer: '<rootDir>/tests/support/sequencer.js',
  // Some of the test files wait most of the time: with one worker more than processors none of these is idle meanwhile.
  maxWorkers: availableParallelism() + 1,
  // No bound of what is tested: each takes longer where three share two processors with others.
  testTimeout: 20_000,
  // Jest keeps what the test files before have loaded.
  workerIdleMemoryLimit: '1GB',
};

/** Tests run as ES modules on the sources; worker threads and child processes run the build in dist/. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '@swc/jest' },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
  globalSetup: '<rootDir>/tests/support/run-setup.ts',
  globalTeardown: '<rootDir>/tests/support/run-teardown.ts',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // Of two processors Jest leaves one idle if not told otherwise; and it keeps what the test files before have loaded.
  maxWorkers: '100%',
  workerIdleMemoryLimit: '1GB',
};

// The closing line, from jest's own result: suites that could not even start count as failures.
import { readFileSync } from 'node:fs';

const result = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
if (result.numPassedTests === 0) throw new Error('no test ran');
if (result.numPendingTests + result.numTodoTests > 0) throw new Error('a test was skipped');
console.log(`\n${result.numPassedTests} passed, ${failed} failed`);

// Runs a test file by Jest's own means, but loads it, and the program under test, by Node's: to load the whole program through Jest again
// for each test file, and to run it in contexts in which it never gets warm, takes twice the time of the tests themselves.
import { createRequire } from 'node:module';
import circus from 'jest-circus/runner';
import { load } from './loader.js';

const require = createRequire(import.meta.url);

/** jest-circus keeps one file's tests in its modules and in symbols of the global object. */
function forgetFileBefore() {
  for (const symbol of Object.getOwnPropertySymbols(globalThis)) {
    if (['EVENT_HANDLERS', 'JEST_STATE_SYMBOL'].includes(symbol.description)) delete globalThis[symbol];
  }
  for (const path of Object.keys(require.cache)) if (path.includes('/jest-circus/')) delete require.cache[path];
}

export default function runFile(globalConfig, config, environment, runtime, testPath, sendMessageToJest) {
  forgetFileBefore();
  runtime.requireInternalModule = (path) => require(path);
  runtime.unstable_shouldLoadAsEsm = () => true;
  runtime.unstable_importModule = async (path) => {
    const { jest } = runtime.requireModuleOrMock(testPath, '@jest/globals');
    for (const [url, map] of await load(path, jest, globalConfig, config)) runtime.getSourceMaps().set(url, map);
  };
  return circus.default(globalConfig, config, environment, runtime, testPath, sendMessageToJest);
}

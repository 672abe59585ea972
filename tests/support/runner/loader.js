// How Node loads the sources in the processes that run the tests: what stands in src/ and projections/, and the libraries, once in a
// process, as in a running engine; what stands in tests/ anew for each test file (`?n`), for much there is the state of one file.
import { createScriptTransformer } from '@jest/transform';
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

const TESTS = new URL('../../', import.meta.url).href;
const SOURCE = /^file:.*\.ts(\?\d+)?$/;
/** Where the `jest` object of the test file that is being loaded stands, for those who import it. */
const JEST = Symbol.for('akashi.tests.jest');

let loaded;
let testFiles = 0;

async function hooked(globalConfig, config) {
  const transformer = await createScriptTransformer(config);
  const { collectCoverage, collectCoverageFrom, coverageProvider } = globalConfig;
  const options = { collectCoverage, collectCoverageFrom, coverageProvider, supportsStaticESM: true, supportsDynamicImport: true, supportsTopLevelAwait: true, supportsExportNamespaceFrom: true };
  const sourceMaps = new Map();
  registerHooks({
    resolve(specifier, context, next) {
      const { parentURL = '' } = context;
      if (!SOURCE.test(parentURL)) return next(specifier, context);
      if (specifier === '@jest/globals') return { url: `data:text/javascript,export const jest = globalThis[Symbol.for('${JEST.description}')]; // ${parentURL}`, shortCircuit: true };
      const url = URL.parse(specifier.replace(/\.js$/, '.ts'), parentURL);
      if (!specifier.startsWith('.') || !existsSync(url)) return next(specifier, context);
      if (url.href.startsWith(TESTS)) url.search = new URL(parentURL).search;
      return { url: url.href, shortCircuit: true };
    },
    load(url, context, next) {
      if (!SOURCE.test(url)) return next(url, context);
      const { code, sourceMapPath } = transformer.transform(fileURLToPath(url), options);
      sourceMaps.set(url, sourceMapPath);
      return { format: 'module', source: code, shortCircuit: true };
    },
  });
  await import('reflect-metadata'); // before any class that is decorated
  return sourceMaps;
}

/** Loads a test file; answers where the source map of each source is that was loaded so far, by its address. */
export async function load(path, jest, globalConfig, config) {
  const sourceMaps = await (loaded ??= hooked(globalConfig, config));
  globalThis[JEST] = jest;
  await import(`${pathToFileURL(path).href}?${(testFiles += 1)}`);
  return sourceMaps;
}

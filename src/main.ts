import './node-version.js'; // first
import { explain, exitCodeOf } from './cli/explain.js';
import { serve } from './cli/serve.js';
import { readSettings } from './settings.js';

process.umask(0o077); // what is written from here on is for its owner alone

try {
  await serve(readSettings(process.env));
} catch (error) {
  process.stderr.write(`${explain(error as Error)}\n`);
  process.exit(exitCodeOf(error));
}

// Loaded before the program (NODE_OPTIONS=--import): writes down each module that it loads, in the file AKASHI_TESTS_LOADS.
import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load: (url, context, nextLoad) => {
    appendFileSync(process.env.AKASHI_TESTS_LOADS!, `${url}\n`);
    return nextLoad(url, context);
  },
});

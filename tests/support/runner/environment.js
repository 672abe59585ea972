import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';
import { join } from 'node:path';

// Where the programs that the tests start keep what Node has compiled, for starting is most of what many tests wait for. Set this late it
// is not for this process, which would write down all of it before it ends.
process.env.NODE_COMPILE_CACHE = join(process.env.AKASHI_TESTS_RUN, 'compiled');

/** What Jest puts its own in place of. */
const OWN = { exit: process.exit, getBuiltinModule: process.getBuiltinModule };

/** The process itself, in place of the imitation in a context of its own that Jest makes of it; after a test file it is as it was before. */
export default class ProcessEnvironment {
  global = globalThis;
  fakeTimers = null;
  moduleMocker = new ModuleMocker(globalThis);
  #before = { env: { ...process.env }, umask: process.umask(), exitCode: process.exitCode };

  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
  }

  async setup() {
    process.getBuiltinModule = OWN.getBuiltinModule; // Jest has put its own there, which would load into a context
  }

  async teardown() {
    this.fakeTimersModern.dispose();
    const { env, umask, exitCode } = this.#before;
    process.umask(umask);
    Object.assign(process, { ...OWN, exitCode });
    for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
    Object.assign(process.env, env);
  }

  /** Asked for by Jest; nothing runs in a context. */
  getVmContext() {
    return null;
  }
}

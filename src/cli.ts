#!/usr/bin/env node
import './node-version.js'; // first
import { CommanderError } from 'commander';
import { explain, exitCodeOf } from './cli/explain.js';
import { createProgram } from './cli/program.js';
import { accountVerbs } from './cli/verbs/account.js';
import { assessmentVerbs } from './cli/verbs/assessment.js';
import { auditVerb } from './cli/verbs/audit.js';
import { demoVerb } from './cli/verbs/demo.js';
import { doctorVerb } from './cli/verbs/doctor.js';
import { exportVerbs } from './cli/verbs/export.js';
import { findingVerbs } from './cli/verbs/finding.js';
import { importVerbs } from './cli/verbs/import.js';
import { keysVerbs } from './cli/verbs/keys.js';
import { liveVerb } from './cli/verbs/live.js';
import { logReviewVerbs } from './cli/verbs/log-review.js';
import { logVerb } from './cli/verbs/log.js';
import { policyVerbs } from './cli/verbs/policy.js';
import { printVerbs } from './cli/verbs/print.js';
import { rebuildVerb } from './cli/verbs/rebuild.js';
import { registerVerb } from './cli/verbs/register.js';
import { replayVerb } from './cli/verbs/replay.js';
import { reportVerb } from './cli/verbs/report.js';
import { rightVerbs } from './cli/verbs/right.js';
import { serveVerb } from './cli/verbs/serve.js';
import { staffVerbs } from './cli/verbs/staff.js';
import { storeVerbs } from './cli/verbs/store.js';
import { takeOutVerbs } from './cli/verbs/take-out.js';
import { terminalVerbs } from './cli/verbs/terminal.js';
import { unitVerbs } from './cli/verbs/unit.js';

process.umask(0o077); // what is written from here on is for its owner alone

// A verb stands in the file of its name.
const VERBS = [
  serveVerb, liveVerb, demoVerb, importVerbs, rebuildVerb, replayVerb, registerVerb, logVerb, reportVerb, auditVerb, logReviewVerbs, findingVerbs, assessmentVerbs, printVerbs, exportVerbs, takeOutVerbs, doctorVerb, staffVerbs, accountVerbs, policyVerbs, rightVerbs, unitVerbs, terminalVerbs,
  storeVerbs, keysVerbs,
];

const own = createProgram(process.env, (text) => void process.stdout.write(`${text}\n`));
for (const add of VERBS) add(own);

try {
  await own.program.parseAsync(process.argv);
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 64; // it has said what is wrong
  else {
    process.stderr.write(`${explain(error as Error)}\n`);
    process.exitCode = exitCodeOf(error);
  }
}

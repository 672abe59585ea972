import { appendScenarios } from './appends.js';
import { bulkScenarios } from './bulk.js';
import { commandScenario } from './commands.js';
import { conformanceScenarios } from './conformance.js';
import { esdbScenarios } from './esdb.js';
import { guardScenario } from './guard.js';
import { httpScenario } from './http.js';
import { machine, type Measured } from './harness.js';
import { reportScenarios } from './reports.js';

const scenarios: { readonly [name: string]: (scale: number) => Promise<readonly Measured[]> } = {
  appends: appendScenarios,
  command: commandScenario,
  guard: guardScenario,
  bulk: bulkScenarios,
  http: httpScenario,
  esdb: esdbScenarios,
  report: reportScenarios,
  conformance: conformanceScenarios,
};

const args = process.argv.slice(2);
const json = args.includes('--json');
const short = args.includes('--short');
const only = args.filter((arg) => !arg.startsWith('--'));
const scale = short ? 0.02 : 1;

const measured: Measured[] = [];
for (const [name, run] of Object.entries(scenarios)) {
  if (only.length > 0 && !only.includes(name)) continue;
  process.stderr.write(`${name} …\n`);
  const rows = await run(scale);
  for (const { name: scenario, value, unit, ratio } of rows) process.stderr.write(`  ${scenario}: ${value.toFixed(2)} ${unit}${ratio === null ? '' : `, ratio ${ratio.toFixed(2)}`}\n`);
  measured.push(...rows);
}
if (json) process.stdout.write(`${JSON.stringify({ machine: machine(), scenarios: measured })}\n`);
else printTable(measured);

function printTable(rows: readonly Measured[]): void {
  const { cpu, cores, memoryGiB, node } = machine();
  const number = (value: number | null): string => (value === null ? '–' : value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(2));
  process.stdout.write(`${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}\n\n| name | value | unit | raw | ratio | must reach | met | note |\n|---|--:|---|--:|--:|---|---|---|\n`);
  for (const { name, value, unit, raw, ratio, limit, met, note = '' } of rows) {
    process.stdout.write(`| ${name} | ${number(value)} | ${unit} | ${number(raw)} | ${ratio === null ? '–' : ratio.toFixed(2)} | ${limit} | ${met ? 'yes' : 'NO'} | ${note} |\n`);
  }
}

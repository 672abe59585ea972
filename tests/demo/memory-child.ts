// A process of its own that makes a city and measures what that takes of the heap: run by node as it stands, with --expose-gc, so types
// only are imported from the sources.
//   node memory-child.ts <url of the built generator> <options as JSON>
import type * as Generator from '../../src/demo/generator/generator.ts';
import type { CityOptions } from '../../src/demo/generator/generator.ts';

export interface Measured {
  readonly lines: number;
  /** bytes of the heap: at most while lines were made, and what was left when garbage had been collected */
  readonly most: number;
  readonly retained: number;
}

const [, , moduleUrl, options] = process.argv;
const { generateCity } = (await import(moduleUrl!)) as typeof Generator;
const city = generateCity(JSON.parse(options!) as CityOptions);
globalThis.gc!();
const before = process.memoryUsage().heapUsed;
let [lines, most, retained] = [0, 0, 0];
for (const all of [city.residentLines(), city.vaccinationLines()]) {
  for (const line of all) {
    if (line.length > 0) lines += 1;
    if (lines % 5_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
    if (lines % 400_000 === 0) {
      globalThis.gc!();
      retained = Math.max(retained, process.memoryUsage().heapUsed - before);
    }
  }
}
process.stdout.write(JSON.stringify({ lines, most, retained } satisfies Measured));

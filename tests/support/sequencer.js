// The order of the test files, also where no run before has left its times: the longest folders first, and among them, evenly, those
// files that wait most of the time (for leases, deadlines, a server that is away), so that always somebody uses the processors.
import TestSequencer from '@jest/test-sequencer';

const LONG = ['faults/kill', 'demo/', 'faults/', 'cli/', 'scenario/', 'imports/', 'store/'].map((name) => `/tests/${name}`);
const WAITING = ['faults/eventstoredb', 'takeover/'].map((name) => `/tests/${name}`);
/** So many others between two that wait. */
const BETWEEN = 3;

const rankOf = ({ path }) => {
  const rank = LONG.findIndex((name) => path.includes(name));
  return rank < 0 ? LONG.length : rank;
};

export default class LongestFirst extends TestSequencer {
  sort(tests) {
    const { waiting = [], others = [] } = Object.groupBy(super.sort(tests), ({ path }) => (WAITING.some((name) => path.includes(name)) ? 'waiting' : 'others'));
    const sorted = others.toSorted((a, b) => rankOf(a) - rankOf(b));
    for (const [n, test] of waiting.entries()) sorted.splice(1 + n * (BETWEEN + 1), 0, test);
    return sorted;
  }
}

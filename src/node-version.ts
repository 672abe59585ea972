/** Evaluated before anything else is loaded: under an older Node the SQLite library would take the process down without a word. */
const NEEDED = '24.7'; // the first with Argon2

const [major, minor] = process.versions.node.split('.').map(Number) as [number, number];
const [leastMajor, leastMinor] = NEEDED.split('.').map(Number) as [number, number];

if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(`Node.js ${NEEDED} 以上が必要です（いまは ${process.versions.node}）。npm start や npm run demo なら、合う Node.js が使われます。\n`);
  process.exit(1);
}

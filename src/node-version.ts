/** Evaluated before anything else is loaded: under an older Node the SQLite library would take the process down without a word. */
const NEEDED = 24;

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(`Node.js ${NEEDED} 以上が必要です（いまは ${process.versions.node}）。npm start や npm run demo なら、合う Node.js が使われます。\n`);
  process.exit(1);
}

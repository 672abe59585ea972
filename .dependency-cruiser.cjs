/** The arrows of the house: main|cli → app.module → projections → contexts → walks → handling → ledger → store, vault. */
const CONTEXTS = 'assessments|declarations|evidence|exchange|imports|numbers|retention|subjects|vaccinations|outputs';
const roots = '^src/(main|cli|server|app\\.module|engine|contexts|stream-facts|event-registry|settings)\\.ts$|^src/(cli|demo)/';

module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'src-knows-no-projections', severity: 'error', comment: 'only the composition root does', from: { path: '^src/', pathNot: roots }, to: { path: '^projections/' } },
    { name: 'ground-floor', severity: 'error', comment: 'store, vault and codes know nothing above them', from: { path: '^src/(store|vault|codes)/' }, to: { path: '^src/', pathNot: '^src/(store|vault|codes)/' } },
    { name: 'codes-stand-alone', severity: 'error', from: { path: '^src/codes/' }, to: { path: '^src/', pathNot: '^src/codes/' } },
    { name: 'ledger-below-handling', severity: 'error', from: { path: '^src/ledger/' }, to: { path: '^src/', pathNot: '^src/(ledger|store|vault|codes)/' } },
    { name: 'handling-below-walks', severity: 'error', from: { path: '^src/handling/' }, to: { path: '^src/', pathNot: '^src/(handling|ledger|store|vault|codes)/' } },
    { name: 'walks-below-contexts', severity: 'error', from: { path: '^src/walks/' }, to: { path: '^src/', pathNot: '^src/(walks|handling|ledger|store|vault|codes)/' } },
    {
      name: 'contexts-meet-in-events',
      severity: 'error',
      comment: 'a context imports of another at most its events; imports feed two contexts and are the one exception',
      from: { path: `^src/(${CONTEXTS})/`, pathNot: '^src/imports/' },
      to: { path: `^src/(${CONTEXTS})/`, pathNot: ['^src/$1/', '/events\\.ts$'] },
    },
    { name: 'one-client', severity: 'error', comment: 'only the adapter imports the client', from: { pathNot: '^src/store/eventstoredb/' }, to: { path: '@eventstore/db-client' } },
    { name: 'product-without-tests', severity: 'error', from: { path: '^(src|projections)/' }, to: { path: '^tests/' } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: { doNotFollow: { path: 'node_modules' }, tsPreCompilationDeps: true, tsConfig: { fileName: 'tsconfig.json' }, enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] } },
};

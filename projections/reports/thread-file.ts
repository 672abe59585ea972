/** The file of a worker thread among the projections: threads run the build; from the sources (in tests) it is found beside them. `path`: from this folder, without its ending */
export function threadFile(path: string): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL(`../../dist/projections/reports/${path}.js`, here) : new URL(`${path}.js`, here);
}

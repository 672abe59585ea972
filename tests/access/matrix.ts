import type { Role } from '../../src/access/roles.js';

/** Who may ask what: by role; everybody who has signed in; or nobody has to have signed in. */
export const MATRIX: Readonly<Record<string, readonly Role[] | 'everybody' | 'nobody signed in'>> = {
};

import { ROLES, functionOf, isRole, rightsOf, type Role } from '../../src/access/roles.js';
import { openStage, type Stage } from '../walks/stage.js';

const roles = Object.keys(ROLES) as readonly Role[];
const holders = (right: string): readonly Role[] => roles.filter((role) => rightsOf(role).has(right));

/** Approving, confirming and executing are apart from planning and entering; numbers have rights of their own. */
it.each([
  ['erasure:plan', 'erasure:execute'],
  ['erasure:approve', 'erasure:execute'],
  ['vaccination:enter', 'erasure:approve'],
  ['declaration:propose', 'vaccination:enter'],
  ['staff:register', 'declaration:put-in-force'],
  ['keys:back-up', 'subject:open'],
])('%s and %s are not in every role that has the first', (first, second) => {
  expect(holders(first).length).toBeGreaterThan(0);
  expect(holders(first).every((role) => rightsOf(role).has(second))).toBe(false);
});

it('who looks after the machines sees no person', () => {
  for (const right of ['subject:search', 'subject:open', 'vaccination:list', 'vaccination:open', 'number:show', 'number:search', 'log:read']) expect(rightsOf('operator').has(right)).toBe(false);
});

it('who audits changes nothing', () => {
  expect(ROLES.auditor.filter((right) => functionOf(right).access !== 'read')).toEqual([]);
});

it('the number takes a role of its own', () => {
  for (const right of ['number:search', 'number:show', 'number:register']) expect(holders(right)).toEqual(['number-clerk', 'supervisor']);
});

it.each(['', 'mayor', 'constructor', '__proto__', 'toString', 'Clerk'])('"%s" is no role', (text) => expect(isRole(text)).toBe(false));

describe('every command asks for a right that somebody has', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ inForce: false });
  });
  afterAll(async () => stage.city.close());

  it('and nobody has all', () => {
    const rights = [...new Set(stage.city.server.engine.contexts.flatMap(({ commands }) => commands.flatMap(({ right }) => right ?? [])))];
    expect(rights.length).toBeGreaterThan(10);
    for (const right of rights) expect([right, holders(right).length > 0]).toEqual([right, true]);
    for (const role of roles) expect(rights.every((right) => rightsOf(role).has(right))).toBe(false);
  });
});

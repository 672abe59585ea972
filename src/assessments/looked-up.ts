import { conflict } from '../walks/problem.js';

/** What the walk looked up for a decision. @throws Problem 409 where nothing was */
export function lookedUp<T>(facts: object | undefined): T {
  if (facts === undefined) throw conflict('not-looked-up', '必要なことを確かめられませんでした。もう一度実行してください');
  return facts as T;
}

import { openStage, type Stage } from './stage.js';

/** One stage for all tests of a file, with a person and a confirmed record of theirs: there from before the first test until after the last. */
export let stage: Stage;
export let subject: string;
export let record: string;

beforeAll(async () => {
  stage = await openStage();
  subject = await stage.person();
  record = await stage.confirmed(subject);
});
afterAll(async () => stage.city.close());

import { rmSync } from 'node:fs';

export default function tearDown(): void {
  rmSync(process.env.AKASHI_TESTS_RUN!, { recursive: true, force: true });
}

import type { As, Program } from '../program.js';

/** audit: the ten questions. */
export function auditVerb({ program, asStaff, show, withPerson }: Program): void {
  program.command('audit').argument('[問]', '1から10、又は all。省略すると問の一覧').description('監査の十の問に、記録から答える（問うたことも記録される）。違反があれば終了コード2').addOption(asStaff).option('--subject <ID>', '本人（問1）')
    .action(async (which: string | undefined, { as, subject }: As & { subject?: string }) => {
      const { ask, describeQuestions, questionsOf } = await import('../audit.js');
      if (which === undefined) return show(...describeQuestions());
      const questions = questionsOf(which, subject);
      return withPerson('reads', as, async (client, token) => {
        const { answers, violations, text } = await ask(client, token, questions, subject);
        show({ answers, violations }, text);
        if (violations > 0) process.exitCode = 2;
      });
    });
}

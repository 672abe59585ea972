import type { Program } from '../program.js';

/** doctor: whether all is well. */
export function doctorVerb({ program, settings, show }: Program): void {
  program.command('doctor').description('鍵・時計・ストア・台帳を点検する').action(async () => {
    const { examine } = await import('../doctor.js');
    const findings = await examine(settings());
    const mark = { ok: '正常', warning: '注意', fault: '異常', unseen: '不明' };
    show(findings, findings.map(({ state, text }) => `${mark[state]}  ${text}`).join('\n'));
    if (findings.some(({ state }) => state === 'fault')) process.exitCode = 2;
    else if (findings.some(({ state }) => state === 'unseen')) process.exitCode = 1; // not everything has been looked at
  });
}

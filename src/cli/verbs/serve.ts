import type { Program } from '../program.js';

/** serve: the engine itself. */
export function serveVerb({ program, settings }: Program): void {
  program.command('serve').description('エンジンを起動する（止めるには Ctrl+C か SIGTERM）').action(async () => {
    const { serve } = await import('../serve.js');
    await serve(settings());
  });
}

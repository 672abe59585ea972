import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Notes in `log` what reaches the disk from here on, in the order in which it does: writes, syncs begun and ended. */
export function watchDisk(log: string[]): void {
  const { writeSync, fdatasync } = fs;
  fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
    log.push('write');
    return writeSync(...args);
  }) as typeof writeSync;
  fs.fdatasync = ((fd: number, done: (error: NodeJS.ErrnoException | null) => void) => {
    log.push('sync');
    fdatasync(fd, (error) => {
      log.push('synced');
      done(error);
    });
  }) as typeof fdatasync;
  syncBuiltinESMExports();
}

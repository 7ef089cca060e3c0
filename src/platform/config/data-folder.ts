import { ConfigError } from './problems';

/** @throws ConfigError when the operating system does not let `work` read or write in the folder. */
export function inDataFolder<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new ConfigError([
      `GATEHOUSE_DATA_DIR: ${dir} cannot be used (${message}); name another folder, or set GATEHOUSE_MASTER_KEY and GATEHOUSE_ROOT_KEY, which are otherwise kept there`,
    ]);
  }
}

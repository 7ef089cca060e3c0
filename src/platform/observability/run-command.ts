import { errorText } from './error-text';
import { scrubErrors } from './scrub-process';

/**
 * Runs a command to its exit code; 2, and how it is called, where its options make no sense, and 1 for any other error.
 * @param usage ends with a new line
 */
export function runCommand(main: () => Promise<number>, usage: string): void {
  scrubErrors();
  main().then(
    (code) => process.exit(code),
    (error: NodeJS.ErrnoException) => {
      const misused = error.code?.startsWith('ERR_PARSE_ARGS') ?? false;
      process.stderr.write(misused ? `${error.message}\n\n${usage}` : `${errorText(error)}\n`);
      process.exit(misused ? 2 : 1);
    },
  );
}

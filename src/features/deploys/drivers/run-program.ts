import { spawn } from 'node:child_process';

const MOST_CHARACTERS = 100_000;

/**
 * Runs a program to its end.
 * @returns what it printed
 * @throws with its last line when it fails
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly deadlineMs: number },
): Promise<string> {
  const { deadlineMs, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...rest, timeout: deadlineMs, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-MOST_CHARACTERS)));
    child.on('error', ({ code }: NodeJS.ErrnoException) => reject(new Error(`${command} cannot be run: ${code}`)));
    child.on('close', (code, signal) => {
      const last = said.trimEnd().split('\n').at(-1);
      if (code === 0) resolve(said.trim());
      else reject(new Error(`${command} ended with ${signal ?? code}${last ? `: ${last}` : ''}`));
    });
  });
}

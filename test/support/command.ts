import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Gateway } from './gateway';

/** A command that asks a running gateway. @returns its exit code, and all that was printed */
export async function command(
  tool: string,
  args: readonly string[],
  { url, rootKey }: Pick<Gateway, 'url' | 'rootKey'>,
): Promise<{ readonly code: number; readonly output: string }> {
  const env = { PATH: process.env['PATH'] ?? '', GATEHOUSE_URL: url, GATEHOUSE_KEY: rootKey };
  const child = spawn(process.execPath, [resolve(tool), ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number];
  return { code, output };
}

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

const DIST = resolve(__dirname, '../../dist');

/** The built verifier, as an auditor starts it. */
export function verifyAudit(...args: readonly string[]): {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
} {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(DIST, 'verify-audit.js'), ...args], {
    encoding: 'utf8',
    env: {},
  });
  return { code: status, out: stdout, err: stderr };
}

export interface RunningWitness {
  readonly url: string;
  readonly vkey: string;
  kill(): Promise<void>;
}

/** The built witness as a process of its own. */
export async function startWitness(...args: readonly string[]): Promise<RunningWitness> {
  const child: ChildProcess = spawn(process.execPath, [join(DIST, 'witness.js'), '--port', '0', ...args], { env: {} });
  let output = '';
  const [, vkey, url] = await new Promise<RegExpExecArray>((ready, failed) => {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        const found = /^(.+)\nlistening on (\S+)\n/.exec(output);
        if (found) ready(found);
      });
    child.once('exit', (code) => failed(new Error(`the witness ended with ${code}: ${output}`)));
  });
  return {
    url: url as string,
    vkey: vkey as string,
    kill: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

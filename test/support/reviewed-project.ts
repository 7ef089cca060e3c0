import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Gateway } from './gateway';

const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];

/** A repository whose changes are reviewed by the command for pipelines. */
export class ReviewedProject {
  private readonly folder = mkdtempSync(join(tmpdir(), 'gatehouse-review-'));

  constructor(private readonly gateway: Pick<Gateway, 'url' | 'rootKey'>) {
    this.git('init', '--quiet');
  }

  commit(file: string, text: string): void {
    writeFileSync(join(this.folder, file), text);
    this.git('add', '.');
    this.git('commit', '--quiet', '--message', 'a change');
  }

  /** @returns the exit code, and all that was printed */
  async review(args: readonly string[], stdin = '', key = this.gateway.rootKey) {
    const env = { PATH: process.env['PATH'] ?? '', GATEHOUSE_URL: this.gateway.url, GATEHOUSE_KEY: key };
    const child = spawn(process.execPath, [resolve('tools/review.mjs'), ...args], { cwd: this.folder, env });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    child.stdin.on('error', () => undefined).end(stdin);
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private git(...args: string[]): void {
    const { status, stderr } = spawnSync('git', [...IDENTITY, ...args], { cwd: this.folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(stderr);
  }
}

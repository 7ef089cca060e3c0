// The deploy command, run as an operator does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, '../../dist/deploy.js');

/** @typedef {{line: string, at: number}} Said */

/**
 * Starts `npm run deploy -- <args>`.
 * @returns {{said: Said[], line: (pattern: RegExp) => Promise<Said>, ended: Promise<number>, kill: () => void}} `ended` has the exit code,
 *   -1 for one that was killed
 */
export function deploy({ env, folder }, config, ...args) {
  const quiet = args.includes('--json');
  const child = spawn(process.execPath, [PROGRAM, '--config', config, ...args], { cwd: folder, env });
  const said = [];
  const waiting = new Set();
  let rest = '';
  const hear = (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!quiet) console.log(`    ${line}`);
      said.push({ line, at: Date.now() });
    }
    for (const look of waiting) look();
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', hear);
  const ended = once(child, 'close').then(([code]) => code ?? -1);
  const line = (pattern) =>
    new Promise((found, failed) => {
      const look = () => {
        const hit = said.find((one) => pattern.test(one.line));
        if (!hit) return;
        waiting.delete(look);
        found(hit);
      };
      waiting.add(look);
      look();
      void ended.then(() => failed(new Error(`the command ended without saying ${pattern}`)));
    });
  return { said, line, ended, kill: () => child.kill('SIGKILL') };
}

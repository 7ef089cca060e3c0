import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

describe.each(['evals', 'promote'])('npm run %s', (name) => {
  const run = (...args: string[]) => {
    const command = [join(ROOT, 'tools', `${name}.mjs`), ...args];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    return { status, stdout, stderr };
  };
  const nowhere = ['--url', 'http://127.0.0.1:65535', '--key', 'gh_k'];

  it('says how it is called, without a gateway and without a key', () => {
    const usage = expect.stringContaining(`npm run ${name} -- --`);
    expect(run('--help')).toEqual({ status: 0, stdout: usage, stderr: '' });
    expect(run('--nonsense')).toMatchObject({ status: 2, stdout: '', stderr: usage });
  });

  it.each([
    ['nobody asks', [], 'say who asks with GATEHOUSE_KEY, or --key'],
    ['the time is none', [...nowhere, '--timeout', 'soon'], '--timeout must be a number of seconds'],
    ['no gateway is there', nowhere, 'http://127.0.0.1:65535 does not answer: ECONNREFUSED'],
  ])('ends with 2 where %s', (_, args, why) => {
    expect(run(...args)).toEqual({ status: 2, stdout: '', stderr: `not done: ${why}\n` });
  });
});

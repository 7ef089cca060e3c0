// Puts into .work what a run needs and the repository does not hold: two compiled programs, request bodies, Portkey.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const WORK = join(import.meta.dirname, '.work');

/** Compiles c/<name>.c when it is newer than the program. Returns the program's path. */
export function program(name) {
  const source = join(import.meta.dirname, 'c', `${name}.c`);
  const target = join(WORK, name);
  mkdirSync(WORK, { recursive: true });
  if ((statSync(target, { throwIfNoEntry: false })?.mtimeMs ?? 0) > statSync(source).mtimeMs) return target;
  const { status, stderr, error } = spawnSync('cc', ['-std=gnu17', '-O2', '-o', target, source], { encoding: 'utf8' });
  if (error)
    throw new Error('The benchmark needs Linux and a C compiler named cc (Debian and Ubuntu: apt install gcc).');
  if (status !== 0) throw new Error(`${source} does not compile:\n${stderr}`);
  return target;
}

const WORDS =
  'the order was placed last week and the customer asks for a refund within thirty days of the invoice'.split(' ');

function prose(length) {
  let text = '';
  for (let i = 0; text.length < length; i++) text += `${WORDS[(i * i + 3 * i) % WORDS.length]} `;
  return text.slice(0, length);
}

/**
 * A file with a chat request of about `kilobytes`; every call gets a number of its own, so that no two prompts are equal, unless `same`.
 * It is spelled in letters, which are nobody's, or, where the call is `personal`, in digits, which are taken for a telephone's.
 */
export function body({ kilobytes, model, stream = false, same = false, personal = false, tokenLimit = false }) {
  const [system, question] = [prose(400), prose(kilobytes * 1024 - 700)];
  const text = JSON.stringify({
    model,
    messages: [
      { role: 'user', content: `${system} Call ${same ? 'the same' : personal ? '########' : '@@@@@@@@'}.` },
      { role: 'assistant', content: 'Understood.' },
      { role: 'user', content: question },
    ],
    ...(tokenLimit ? { max_tokens: 256 } : { temperature: 0.2 }),
    stream,
  });
  const file = join(
    WORK,
    `${model}-${kilobytes}k${stream ? '-stream' : ''}${same ? '-same' : ''}${personal ? '-personal' : ''}.json`,
  );
  writeFileSync(file, text);
  return file;
}

const PORTKEY = {
  private: true,
  type: 'module',
  dependencies: { '@portkey-ai/gateway': '1.15.2' },
  overrides: { '@hono/node-server': '1.3.3' }, // with later ones its OpenAI streams answer 500
};

/** The path of Portkey's server, installed from npm on first use; undefined when that is not possible. */
export function portkey() {
  const folder = join(WORK, 'portkey');
  const server = join(folder, 'node_modules', '@portkey-ai', 'gateway', 'build', 'start-server.js');
  if (existsSync(server)) return server;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(PORTKEY));
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  spawnSync('npm', ['install', ...quietly], { cwd: folder, stdio: 'ignore', timeout: 300_000 });
  return existsSync(server) ? server : undefined;
}

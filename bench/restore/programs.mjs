// pg_dump and what goes with it, from an installed PostgreSQL: the embedded one has only the server.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DEBIAN = '/usr/lib/postgresql';

/** The folder of the newest PostgreSQL that has both a server and pg_dump. @returns {string | undefined} */
export function installedPrograms() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one)) : [];
  const own = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim();
  const folders = [
    process.env.GATEHOUSE_PG_BIN?.trim(),
    own,
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
  ];
  return folders.find((folder) => folder && ['postgres', 'pg_dump'].every((name) => existsSync(join(folder, name))));
}

/** @throws when the program says that it did not succeed */
export async function run(program, args) {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece) => (said += piece));
  const code = await new Promise((settle, fail) => child.on('error', fail).on('close', settle));
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${said.trim().slice(-2_000)}`);
}

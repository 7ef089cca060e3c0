import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { until } from '../support/ask';
import { type Gateway, startGateway } from '../support/gateway';

const ROOT = resolve(__dirname, '../..');

describe('a start', () => {
  let folder: string;
  let gateway: Gateway;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'warm-'));
    gateway = await startGateway({
      env: {
        NODE_OPTIONS: `--require ${resolve(__dirname, '../support/loaded-files.cjs')}`,
        NODE_COMPILE_CACHE: join(folder, 'cache'),
        LOADED_FILES: join(folder, 'loaded'),
      },
    });
  }, 60_000);
  afterAll(async () => {
    await gateway?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('reads one file, and what must lie beside it', () => {
    const loaded = readFileSync(join(folder, 'loaded'), 'utf8').trimEnd().split('\n');
    const names = loaded.map((url) => relative(ROOT, fileURLToPath(url)));
    // a package that is loaded here is there twice, with two sets of classes
    expect(names.filter((name) => !name.startsWith('dist/migrations/')).toSorted()).toEqual([
      'dist/bundle/programs.js',
      'dist/launch.js',
      'dist/main.js',
      'node_modules/swagger-ui-dist/absolute-path.js',
    ]);
  });

  it('leaves its compiled code to the next one while it runs', async () => {
    const kept = () => readdirSync(join(folder, 'cache'), { recursive: true }).length > 1;
    await until(() => kept() || undefined);
  });
});

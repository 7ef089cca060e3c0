import { DataSource } from 'typeorm';
import { uuidv7 } from '../../src/contract/ids';
import { Aliases } from '../../src/features/models';
import { ModelTable } from '../../src/features/models/model-table';
import { RegistryRefresh } from '../../src/features/models/stored/registry-refresh.service';
import { RegistrySettings } from '../../src/features/models/stored/registry-settings.service';
import { RegistryVersions } from '../../src/features/models/stored/registry-versions.store';
import type { Config } from '../../src/platform/config/config';
import { dataSourceOptions } from '../../src/platform/database/migrate';
import { testDatabase, type TestDatabase } from '../support/database';

const MODELS = {
  aliases: { fast: ['openai/small'], best: ['openai/big'], shared: ['openai/small', 'elsewhere/small'] },
  models: {},
};
const BY = uuidv7();

describe('aliases in PostgreSQL', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await testDatabase();
    source = await new DataSource(dataSourceOptions(database.url)).initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });
  beforeEach(() => source.query('truncate registry_versions'));

  /** One process. */
  function replica(): Aliases {
    const table = new ModelTable(MODELS);
    const versions = new RegistryVersions(source);
    const config = { providers: [{ name: 'openai' }] } as unknown as Config;
    return new Aliases(config, table, new RegistrySettings(table, versions, new RegistryRefresh(table, versions)));
  }
  const move = (aliases: Aliases, models: string[], expected: number, alias = 'fast') =>
    source.transaction((within) => aliases.move(within, { alias, models, expected, by: BY }));

  it('are what the file declares, with version 0, until one is set', async () => {
    expect((await replica().list(undefined, 1)).items).toEqual([
      { alias: 'best', models: ['openai/big'], version: 0, declared: true },
    ]);
    expect((await replica().list('best', 2)).next).toBeNull();
    await replica().set('fast', { models: ['openai/new'] }, 0, BY);
    expect(await replica().find('fast')).toEqual({
      alias: 'fast',
      models: ['openai/new'],
      version: 1,
      declared: false,
    });
    await replica().reset('fast', 1, BY);
    expect(await replica().find('fast')).toEqual({
      alias: 'fast',
      models: ['openai/small'],
      version: 2,
      declared: true,
    });
  });

  it('move only from the version that was seen, by one of all who do at once', async () => {
    const movers = Array.from({ length: 8 }, (_, i) => move(replica(), [`openai/m${i}`], 0));
    const moved = await Promise.allSettled(movers);
    expect(moved.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of moved) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'conflict' });
    expect((await replica().history('fast', undefined, 10)).map(({ version }) => version)).toEqual([1]);
    await expect(move(replica(), ['openai/late'], 0)).rejects.toMatchObject({ code: 'conflict' });
    expect(await move(replica(), ['openai/next'], 1)).toEqual({ version: 2 });
  });

  it('stay where they were when the transaction that moved them is undone', async () => {
    const aliases = replica();
    const undone = source.transaction(async (within) => {
      await aliases.move(within, { alias: 'fast', models: ['openai/new'], expected: 0, by: BY });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await aliases.find('fast')).toMatchObject({ models: ['openai/small'], version: 0 });
  });

  it('are known in another process once that looks', async () => {
    const [one, other] = [replica(), replica()];
    await other.look();
    await move(one, ['openai/new'], 0);
    expect(await other.find('fast')).toMatchObject({ models: ['openai/new'], version: 1 });
  });

  it('never stand for a model whose provider is not configured', async () => {
    await expect(move(replica(), ['openai/x', 'nobody/x'], 0)).rejects.toMatchObject({
      code: 'invalid_request',
      facts: { param: 'models[1]' },
    });
  });

  it('keep those of the file whose provider is not configured here', async () => {
    expect(await move(replica(), ['openai/new', 'elsewhere/small'], 0, 'shared')).toMatchObject({ version: 1 });
  });
});

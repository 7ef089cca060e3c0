import { ModelTable, type Stored } from './model-table';
import type { AliasSetting } from '../../platform/config/models';

const table = () =>
  new ModelTable({
    aliases: { fast: ['openai/small'], best: ['openai/big'] },
    models: { 'openai/big': { operations: ['chat'] } },
  });
const learn = (of: ModelTable, ...aliases: readonly (readonly [string, Stored<AliasSetting>])[]) =>
  of.learn({ aliases: new Map(aliases) });

describe('ModelTable', () => {
  it('is what the file says until something is set, which is stronger', () => {
    const known = table();
    expect(known.aliases).toEqual({ fast: ['openai/small'], best: ['openai/big'] });
    expect(known.aliasAs('fast')).toEqual({ version: 0, setting: undefined });
    learn(known, ['fast', { version: 3, setting: { models: ['local/llama'] } }]);
    expect(known.aliases).toEqual({ fast: ['local/llama'], best: ['openai/big'] });
    expect(known.aliasAs('fast').version).toBe(3);
  });

  it('is what the file says again when what was set is gone; its version stays', () => {
    const known = table();
    learn(known, ['fast', { version: 4, setting: undefined }], ['mine', { version: 2, setting: undefined }]);
    expect(known.aliases).toEqual({ fast: ['openai/small'], best: ['openai/big'] });
    expect(known.aliasAs('fast').version).toBe(4);
  });

  it('knows the names that somebody set or declared, and no others', () => {
    const known = table();
    learn(known, ['mine', { version: 1, setting: { models: ['local/llama'] } }]);
    const names = [
      'fast',
      'mine',
      'openai/big',
      'big',
      'local/llama',
      'llama',
      'small',
      'ann@example.com',
      'constructor',
    ];
    expect(names.filter((name) => known.isListed(name))).toEqual(names.slice(0, 7));
  });
});

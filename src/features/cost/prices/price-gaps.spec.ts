import { Logger } from '@nestjs/common';
import type { Config } from '../../../platform/config/config';
import { Models } from '../../../platform/config/models';
import { PriceFile } from '../../../platform/config/prices';
import { Settings } from '../../../platform/config/settings';
import { PriceBook } from './price-book';
import { priceGaps } from './price-gaps';
import { PriceWarning } from './price-warning.service';

const NOW = Date.UTC(2026, 10, 28);
const models = Models.parse({
  aliases: { fast: ['openai/a-2026-01-01', 'own/a'], best: ['openai/c', 'openai/c'] },
  models: { 'openai/a': {}, 'openai/b': {}, 'openai/c': {} },
});
const prices = PriceFile.parse({
  prices: {
    'openai/a': { input: 1, output: 1 },
    'openai/c': { from: '2999-01-01', input: 1, output: 1 },
    'work/a-1': { input: 1, output: 1 },
    'free/*': { input: 0, output: 0 },
  },
});

describe('gaps in the prices', () => {
  it('are named by what may be called', () => {
    const { providers } = Settings.parse({
      providers: {
        work: { type: 'openai', apiKey: 'env:WORK_KEY', models: ['a-*', 'b-*', 'a-1', 'b-1'] },
        free: { type: 'local', baseUrl: 'http://127.0.0.1:1', models: ['x-*', 'y'] },
      },
    });
    expect(priceGaps({ models, prices, providers }, NOW)).toEqual([
      'own/a, for which fast may stand, has no price',
      'openai/c, for which best may stand, has no price',
      'openai/b has no price',
      'work/b-1 has no price',
      'no model of work that is called b-* has a price',
    ]);
  });

  describe('at start', () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    afterEach(() => warn.mockClear());
    afterAll(() => warn.mockRestore());
    const start = (...names: string[]) => {
      const providers = names.map((name) => ({ name })) as unknown as Config['providers'];
      new PriceWarning({ models, providers } as Config, new PriceBook(prices.prices)).onApplicationBootstrap();
    };

    it('are one line, about providers that can be called', () => {
      start('openai', 'own');
      expect(warn.mock.calls).toEqual([[expect.stringMatching(/^no price is known of own\/a, openai\/c: /)]]);
    });

    it('are not mentioned where there are none', () => {
      start('sandbox');
      expect(warn).not.toHaveBeenCalled();
    });
  });
});

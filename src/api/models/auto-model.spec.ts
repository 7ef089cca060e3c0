import { ModelRegistry } from '../../features/models';
import type { ConfiguredProvider } from '../../platform/config/config';
import { Models } from '../../platform/config/models';
import { Selection } from '../../platform/config/selection';
import { autoModel } from './auto-model';

const sandbox: ConfiguredProvider = {
  name: 'sandbox',
  type: 'sandbox',
  models: [],
  place: 'local',
  firstTokenMs: 0,
  tokensPerSecond: 0,
};
const listed = (aliases: Record<string, string[]>) =>
  autoModel(Selection.parse({}), new ModelRegistry({ providers: [sandbox], models: Models.parse({ aliases }) }));

describe('autoModel', () => {
  it('is listed where some level has a model', () =>
    expect(listed({ best: ['sandbox/best'] })).toMatchObject({ id: 'auto', provider: 'gatehouse' }));

  it.each([
    ['no alias', {}],
    ['an alias of another name', { mine: ['sandbox/best'] }],
    ['no provider', { fast: ['openai/gpt'] }],
    ['an alias that has taken its name', { auto: ['sandbox/best'], fast: ['sandbox/fast'] }],
  ])('is not listed where there is %s', (_what, aliases) => expect(listed(aliases)).toBeUndefined());
});

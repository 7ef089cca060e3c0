import type { CallFacts, UniqueCall } from '../contract/call';
import { type Decision, FlagTable } from '../features/flags';
import { Flags } from '../platform/config/flags';
import { GuardPolicy } from '../platform/config/guards';
import { KeyedHash } from '../platform/secrets/keyed-hash';
import { CallFlags } from './call-flags';

const hash = new KeyedHash(Buffer.alloc(32, 1));
const flag = (decides: object, variants: object): object => ({
  description: 'a flag',
  owner: 'somebody',
  decides,
  variants,
  default: 'usual',
});
const injection = { what: 'guard', guard: 'injection' };

/** What flags decide, when each says the given variant, or cannot be evaluated. */
async function decide(
  flags: Readonly<Record<string, object>>,
  says: Readonly<Record<string, Decision['variant'] | undefined>>,
  guards: object = {},
) {
  const declared = Flags.parse({ flags, prompts: { brief: { text: 'Be brief.' } } });
  let facts: CallFacts['featureFlags'] = [];
  const record = { note: (_: string, value: CallFacts['featureFlags']) => void (facts = value) };
  const call = { caller: { tenantId: 't', tenantName: 'T', keyId: 'k' }, request: { model: 'fast' }, record };
  const decided = new CallFlags(call as unknown as UniqueCall, {
    flags: new FlagTable(declared.flags, hash),
    evaluations: {
      evaluate: ({ name, state }) => {
        const { variants } = state.definition;
        const variant = says[name];
        const value = variants[variant ?? 'usual'] as Decision['value'];
        return Promise.resolve(
          variant === undefined
            ? { variant: 'usual', value, reason: 'error', error: 'GENERAL' }
            : { variant, value, reason: 'target' },
        );
      },
    },
    prompts: declared.prompts,
    guards: GuardPolicy.parse(guards),
    models: { behind: (name) => (name === 'a/1' ? [{ provider: 'a', model: '1' }] : []) },
  });
  await decided.ask();
  return { decided, facts: () => facts };
}

describe('CallFlags', () => {
  it('lets the strictest of several flags decide about a guard', async () => {
    const flags = {
      one: flag(injection, { usual: 'policy', on: 'flag' }),
      other: flag(injection, { usual: 'policy', on: 'block' }),
    };
    expect((await decide(flags, { one: 'on', other: 'on' })).decided.guards).toEqual({ injection: 'block' });
    expect((await decide(flags, { one: 'on', other: 'usual' })).decided.guards).toEqual({ injection: 'flag' });
    expect((await decide(flags, { one: 'usual', other: 'usual' })).decided.guards).toEqual({});
  });

  it('never makes a guard laxer without leave, nor when a flag could not be evaluated', async () => {
    const lax = { one: flag(injection, { usual: 'off', on: 'off' }) };
    const strict = { injection: { action: 'block' } };
    const refused = await decide(lax, { one: 'on' }, strict);
    expect(refused.decided.guards).toEqual({});
    expect(refused.facts()).toMatchObject([{ refused: 'laxer' }]);
    const leave = { ...strict, flags: { relax: ['injection'] } };
    expect((await decide(lax, { one: 'on' }, leave)).decided.guards).toEqual({ injection: 'off' });
    const failed = await decide(lax, {}, leave);
    expect(failed.decided.guards).toEqual({});
    expect(failed.facts()).toMatchObject([{ reason: 'error', error: 'GENERAL', refused: 'laxer' }]);
    // the default of a flag that cannot be evaluated may still be stricter
    const strictly = { one: flag(injection, { usual: 'block' }) };
    expect((await decide(strictly, {})).decided.guards).toEqual({ injection: 'block' });
  });

  it('adds the prompts of all flags, and keeps no answer when any flag says so', async () => {
    const flags = {
      brief: flag({ what: 'prompt' }, { usual: 'none', on: 'brief' }),
      keeps: flag({ what: 'cache' }, { usual: true, off: false }),
      more: flag({ what: 'cache' }, { usual: true, off: false }),
    };
    const { decided } = await decide(flags, { brief: 'on', keeps: 'usual', more: 'off' });
    expect(decided).toMatchObject({ caches: false, prompts: [{ text: 'Be brief.', place: 'before' }] });
    expect((await decide(flags, { brief: 'usual', keeps: 'usual', more: 'usual' })).decided).toMatchObject({
      caches: true,
      prompts: [],
    });
  });

  it('asks about a model when it is known which, and leaves the alias as it is where the answer is of no use', async () => {
    const flags = {
      model: flag({ what: 'model', alias: 'fast' }, { usual: 'fast', on: 'a/1', gone: 'b/1' }),
    };
    const { decided, facts } = await decide(flags, { model: 'on' });
    expect(facts()).toEqual([]);
    expect(await decided.modelsFor('best')).toEqual([]);
    expect(await decided.modelsFor('fast')).toEqual([{ provider: 'a', model: '1' }]);
    expect(facts()).toEqual([{ flag: 'model', decides: 'model', variant: 'on', version: 0, reason: 'target' }]);
    const gone = await decide(flags, { model: 'gone' });
    expect(await gone.decided.modelsFor('fast')).toEqual([]);
    expect(gone.facts()).toMatchObject([{ variant: 'gone', refused: 'unusable' }]);
  });
});

import type { z } from 'zod';
import type { Complexity } from '../../contract/selection';
import { Selection } from '../../platform/config/selection';
import { chooseModel } from './choose-model';
import { SelectionPolicies } from './selection-policies';

interface Case {
  readonly given?: Complexity;
  readonly policy?: z.input<typeof Selection>;
  readonly assessed?: Complexity;
  readonly aliases?: readonly string[];
  readonly usable?: readonly string[];
}

function choose(
  asked: string,
  { given, policy = {}, assessed = 'low', aliases = ALIASES, usable = aliases }: Case = {},
) {
  const call = { tenant: { id: 't', name: 't' }, tags: [], operation: 'chat' };
  return chooseModel({
    asked,
    given,
    policy: new SelectionPolicies(Selection.parse(policy)).of(call),
    exists: (alias) => aliases.includes(alias),
    usable: (alias) => usable.includes(alias),
    assess: () => ({ level: assessed, reasons: ['r'] }),
  });
}
const ALIASES = ['fast', 'balanced', 'best'];

describe('chooseModel', () => {
  it.each<[string, string, Case, string | undefined, string | undefined, readonly string[] | undefined]>([
    ['auto and a given level', 'auto', { given: 'high' }, 'best', 'given', []],
    ['auto and none', 'auto', { assessed: 'medium' }, 'balanced', 'assessed', ['r']],
    ['auto and a task', 'auto', { policy: { tasks: [{ name: 'a', level: 'low' }] } }, 'fast', 'policy', ['task.a']],
    ['a given level before a task', 'auto', { given: 'high', policy: { tasks: [{ name: 'a', level: 'low' }] } }, 'best', 'given', []],
    ['a tier and a given level, upwards', 'fast', { given: 'high' }, 'best', 'given', []],
    ['a tier and a given level, downwards', 'best', { given: 'low' }, 'fast', 'given', []],
    ['a tier and nothing', 'best', {}, undefined, undefined, undefined],
    ['a tier and a task', 'best', { policy: { tasks: [{ name: 'a', level: 'low' }] } }, 'fast', 'policy', ['task.a']],
    ['a tier that is assessed', 'best', { policy: { assess: true } }, 'fast', 'assessed', ['r']],
    ['a tier, never above what was asked', 'fast', { policy: { assess: true }, assessed: 'high' }, 'fast', 'assessed', ['r', 'at_most_asked']],
    ['a named model and nothing', 'gpt-4o', { policy: { assess: true } }, undefined, undefined, undefined],
    ['a named model and a given level', 'gpt-4o', { given: 'low' }, undefined, 'given', ['model_named']],
    ['another alias', 'mine', { given: 'low', aliases: [...ALIASES, 'mine'] }, undefined, 'given', ['model_named']],
    ['levels of the operator', 'auto', { given: 'high', policy: { levels: { high: 'balanced' } } }, 'balanced', 'given', []],
    ['a tier that the task has not', 'best', { given: 'high', policy: { tasks: [{ name: 'a', levels: { high: 'balanced' } }] } }, 'balanced', 'given', []],
    ['a level nobody may use', 'auto', { given: 'high', usable: ['fast', 'balanced'] }, 'balanced', 'given', ['nearest_usable']],
    ['one below none is', 'auto', { given: 'low', usable: ['best'] }, 'best', 'given', ['nearest_usable']],
    ['none at all: its refusal is the answer', 'auto', { given: 'low', usable: [] }, 'fast', 'given', []],
    ['an alias that is not there', 'auto', { given: 'high', aliases: ['fast'] }, 'fast', 'given', ['nearest_usable']],
    ['no alias at all', 'auto', { given: 'high', aliases: [] }, undefined, undefined, undefined],
    ['an alias called auto', 'auto', { aliases: [...ALIASES, 'auto'] }, undefined, undefined, undefined],
  ])('%s', (_what, asked, given, chosen, by, reasons) => {
    const choice = choose(asked, given);
    expect([choice?.chosen, choice?.by, choice?.reasons]).toEqual([chosen, by, reasons]);
  }); // prettier-ignore

  it('says what was asked for and what was chosen', () => {
    expect(choose('best', { given: 'low' })).toEqual({ asked: 'best', chosen: 'fast', level: 'low', by: 'given', reasons: [] });
    expect(choose('gpt-4o', { given: 'low' })).not.toHaveProperty('asked');
  }); // prettier-ignore
});

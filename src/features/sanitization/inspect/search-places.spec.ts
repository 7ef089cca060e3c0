import { GUARD_DEFAULTS, type PersonalDataPolicy } from '../../../platform/config/guards';
import { Scanner } from '../scan';
import type { TextPlace } from './call-texts';
import { Pace } from './pace';
import { Passage } from './passage';
import { searchPlaces } from './search-places';
import { TextSearch } from './text-search';

const CPF = '529.982.247-25';
const place = (name: string, text: string): TextPlace => ({
  kind: 'text',
  name,
  text,
  origin: 'user',
  passage: new Passage(text),
});

async function rewritten(...places: TextPlace[]): Promise<(string | undefined)[]> {
  const policy = GUARD_DEFAULTS.personalData as unknown as PersonalDataPolicy;
  const wanted = { policy, pace: new Pace(), signal: new AbortController().signal };
  const results = await searchPlaces(new TextSearch(new Scanner(), undefined), places, wanted);
  return results.map(({ searched }) => {
    const rewriting = searched?.rewriting((entity) => `<${entity}>`).next();
    return rewriting?.done ? rewriting.value : undefined;
  });
}

describe('searchPlaces', () => {
  it('gives each place what was found in its own text, once for equal ones', async () => {
    expect(await rewritten(place('', `a ${CPF}`), place('', 'nothing'), place('', `a ${CPF}`))).toEqual([
      'a <BR_CPF>',
      undefined,
      'a <BR_CPF>',
    ]);
  });

  it.each([
    ['a', `\0 ${CPF}`, 'a\0', ` ${CPF}`],
    ['a', `=${CPF}`, 'a=', CPF],
    ['1:', CPF, '', `1:${CPF}`],
  ])('is not led astray by names and texts that read alike side by side: %j %j, %j %j', async (n1, t1, n2, t2) => {
    const masked = (text: string) => text.replace(CPF, '<BR_CPF>');
    expect(await rewritten(place(n1, t1), place(n2, t2))).toEqual([masked(t1), masked(t2)]);
  });
});

import { Classifier, Names } from '../../../test/support/detector-doubles';
import { type GuardChange, GuardPolicy, Guards } from '../../platform/config/guards';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { InjectionRules } from './injection';
import { TextSearch } from './inspect/text-search';
import { GuardPolicies } from './policy/guard-policies';
import { Preview } from './preview';
import { Scanner } from './scan';
import { TextReader } from './text-reader';

const rules = new InjectionRules();
const TENANT = { id: 't', name: 't' };
const TEXT = 'Ana Souza, CPF 529.982.247-25';

interface Beside {
  readonly sidecar?: Names;
  readonly classifier?: Classifier;
}

function show(text: string, change: GuardChange = {}, { sidecar, classifier }: Beside = {}) {
  const preview = new Preview({
    policies: new GuardPolicies(Guards.parse({ defaults: GuardPolicy.parse(change) })),
    reader: new TextReader(new TextSearch(new Scanner(), sidecar), rules, classifier),
    hash: new KeyedHash(Buffer.alloc(32, 1)),
    placeOf: () => 'external',
  });
  return preview.show(TENANT, { text, untrusted: false });
}

describe('a preview', () => {
  it.each<[string, GuardChange, Beside, readonly string[], readonly string[]]>([
    ['rules alone', {}, {}, ['input.injection', 'input.pii'], []],
    [
      'all there is',
      {},
      { sidecar: new Names(), classifier: new Classifier(0.1) },
      ['input.injection', 'input.injection.model', 'input.pii', 'input.pii.sidecar'],
      [],
    ],
    [
      'rules, the others being away',
      { personalData: { onFailure: 'flag' }, injection: { onFailure: 'flag' } },
      { sidecar: new Names(true), classifier: new Classifier(undefined) },
      ['input.injection', 'input.pii'],
      ['injection.unavailable', 'pii.unavailable'],
    ],
    [
      'nothing that is switched off',
      { personalData: { enabled: false }, injection: { action: 'off' } },
      { sidecar: new Names(true), classifier: new Classifier(undefined) },
      [],
      [],
    ],
  ])('names what really read the text: %s', async (_name, change, beside, guards, flags) => {
    expect(await show(TEXT, change, beside)).toMatchObject({ guards, flags });
  });

  it('masks what the sidecar finds, and takes the higher of what rules and a classifier say', async () => {
    const shown = await show(
      TEXT,
      { injection: { action: 'block' } },
      {
        sidecar: new Names(),
        classifier: new Classifier(0.95),
      },
    );
    expect(shown.text).toMatch(/^\[\[PERSON_\w{4}\]\], CPF \[\[CPF_\w{4}\]\]$/);
    expect(shown.findings.map(({ entity }) => entity)).toEqual(['PERSON', 'BR_CPF']);
    expect(shown).toMatchObject({ blocked: true, injection: { score: 0.95, suspicious: true, rules: [] } });
  });

  it.each<[string, GuardChange, Beside]>([
    ['the sidecar', { personalData: { onFailure: 'block' } }, { sidecar: new Names(true) }],
    ['the classifier', { injection: { onFailure: 'block' } }, { classifier: new Classifier(undefined) }],
  ])('is refused for now, as a call is, when %s is away and must not be', async (_name, change, beside) => {
    await expect(show(TEXT, change, beside)).rejects.toMatchObject({ code: 'overloaded', facts: { retryAfter: 2 } });
  });

  it('says that a call is refused which a classifier cannot read to its end', async () => {
    const text = 'A quiet afternoon in the library. '.repeat(2_000);
    for (const [onFailure, blocked] of [
      ['block', true],
      ['flag', false],
    ] as const)
      // prettier-ignore
      expect(await show(text, { injection: { onFailure } }, { classifier: new Classifier(0.1) })).toMatchObject({
        blocked,
        flags: ['injection.truncated'],
        guards: ['input.injection', 'input.pii'],
      });
  });
});

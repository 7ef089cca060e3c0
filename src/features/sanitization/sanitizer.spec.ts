import { Classifier, Names } from '../../../test/support/detector-doubles';
import type { Call } from '../../contract/call';
import { CODECS } from '../../dialects/codecs';
import { Guards } from '../../platform/config/guards';
import { KeyedHash } from '../../platform/secrets/keyed-hash';
import { type InjectionDetector, InjectionRules } from './injection';
import { InjectionGuard } from './injection-guard';
import { TextSearch } from './inspect/text-search';
import { GuardPolicies } from './policy/guard-policies';
import { Sanitizer } from './sanitizer';
import { Scanner } from './scan';
import type { EntityDetector } from './sidecar/entity-detector';

const rules = new InjectionRules();
const CPF = '529.982.247-25';

function sanitizer(
  policy: object,
  { sidecar, classifier }: { sidecar?: EntityDetector; classifier?: InjectionDetector } = {},
): Sanitizer {
  return new Sanitizer({
    policies: new GuardPolicies(Guards.parse({ defaults: policy })),
    search: new TextSearch(new Scanner(), sidecar),
    injection: new InjectionGuard(rules, classifier),
    hash: new KeyedHash(Buffer.alloc(32, 1)),
    decode: ({ body }) => CODECS['openai-chat'].decodeRequest(body),
    placeOf: () => 'external',
  });
}

function call(content: unknown, more: object = {}): Call {
  const body = {
    model: 'm',
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content },
    ],
    ...more,
  } as Call['wire']['body'];
  return {
    caller: { tenantId: 't', tenantName: 'tenant', keyId: 'k' },
    request: CODECS['openai-chat'].decodeRequest(body),
    wire: { dialect: 'openai-chat', body, headers: {} },
    signal: new AbortController().signal,
  } as unknown as Call;
}

describe('Sanitizer', () => {
  it('says what it read, and makes of what it found tokens', async () => {
    const guarded = await sanitizer({}).inspect(call(`CPF ${CPF}`));
    expect(guarded.facts).toMatchObject({
      guards: ['input.injection', 'input.pii'],
      found: { input: { BR_CPF: 1 } },
      flags: ['pii.BR_CPF'],
    });
    expect(JSON.stringify(guarded.masked)).not.toContain(CPF);
    expect(guarded.masked.request).toMatchObject({
      messages: [{}, { parts: [{ text: expect.stringMatching(/^CPF \[\[CPF_\w{4}\]\]$/) }] }],
    });
    expect(guarded.refusal).toBeUndefined();
  });

  it('asks the sidecar about names', async () => {
    const guarded = await sanitizer({}, { sidecar: new Names() }).inspect(call(`I am Ana Souza, CPF ${CPF}`));
    expect(guarded.facts.guards).toContain('input.pii.sidecar');
    expect(JSON.stringify(guarded.masked)).not.toContain('Ana Souza');
  });

  it.each([
    ['block', 'overloaded'],
    ['flag', undefined],
  ] as const)('does without it as the policy says: %s', async (onFailure, code) => {
    const guarded = await sanitizer({ personalData: { onFailure } }, { sidecar: new Names(true) }).inspect(
      call(`Ana Souza, CPF ${CPF}`),
    );
    expect(guarded.refusal?.code).toBe(code);
    expect(guarded.facts).toMatchObject({
      guards: ['input.injection', 'input.pii'],
      flags: ['pii.BR_CPF', 'pii.unavailable'],
    });
    expect(JSON.stringify(guarded.outgoing.to('openai'))).not.toContain(CPF);
  });

  it('flags what it cannot read, or refuses it', async () => {
    const image = [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }];
    const flagged = await sanitizer({}).inspect(call(image));
    expect([flagged.refusal, flagged.facts.flags]).toEqual([undefined, ['unscanned.image']]);
    const refused = await sanitizer({ personalData: { unscanned: 'block' } }).inspect(call(image));
    expect(refused.refusal).toMatchObject({ code: 'prompt_rejected', message: expect.stringContaining('image') });
  });

  it('does nothing, and claims nothing, where it is switched off', async () => {
    const asked = call(`CPF ${CPF}`);
    const guarded = await sanitizer({ personalData: { enabled: false }, injection: { action: 'off' } }).inspect(asked);
    expect(guarded.facts).toMatchObject({ guards: [], flags: [] });
    expect(guarded.outgoing.to('openai').wire).toBe(asked.wire);
  });

  it('takes the higher of what rules and a classifier say, and refuses where it is to', async () => {
    const classifier = new Classifier(0.95);
    const guarded = await sanitizer({ injection: { action: 'block' } }, { classifier }).inspect(call('Hello'));
    expect(guarded.refusal?.code).toBe('prompt_rejected');
    expect(guarded.facts).toMatchObject({
      guards: ['input.injection', 'input.injection.model', 'input.pii'],
      injection: { score: 0.95 },
    });
    // neither the operator nor the model itself is suspected
    expect(classifier.asked).toEqual(['Hello']);
  });

  it.each([
    ['block', 'overloaded'],
    ['flag', undefined],
  ] as const)('does without a classifier as the policy says: %s', async (onFailure, code) => {
    const guarded = await sanitizer(
      { injection: { action: 'block', onFailure } },
      { classifier: new Classifier(undefined) },
    ).inspect(call('Hello'));
    expect(guarded.refusal?.code).toBe(code);
    // rules read everything all the same
    expect(guarded.facts).toMatchObject({ guards: ['input.injection', 'input.pii'], flags: ['injection.unavailable'] });
  });

  it('asks a classifier about what is newest, and says when there is more; what it read counts', async () => {
    const long = 'A quiet afternoon in the library. '.repeat(2_000);
    const asked = call(long, { messages: [{ role: 'user', content: long }, { role: 'user', content: 'The last word' }] }); // prettier-ignore
    const made = (onFailure: string, score: number) => {
      const classifier = new Classifier(score);
      return { classifier, guard: sanitizer({ injection: { action: 'block', onFailure } }, { classifier }) };
    };
    const { classifier, guard } = made('flag', 0.1);
    const { refusal, facts } = await guard.inspect(asked);
    expect([refusal, facts.flags, facts.guards]).toEqual([
      undefined,
      ['injection.truncated'],
      ['input.injection', 'input.pii'],
    ]);
    expect(classifier.asked[0]).toBe('The last word');
    expect((await made('block', 0.1).guard.inspect(asked)).refusal?.code).toBe('prompt_rejected');
    expect((await made('flag', 0.95).guard.inspect(asked)).facts.flags).toEqual([
      'injection.blocked',
      'injection.suspected',
      'injection.truncated',
    ]);
  });

  it('does not claim that a classifier ran that had nothing to read', async () => {
    const classifier = new Classifier(0.99);
    const asked = call('', { messages: [{ role: 'system', content: 'Be kind.' }] });
    const { facts } = await sanitizer({}, { classifier }).inspect(asked);
    expect([facts.guards, classifier.asked]).toEqual([['input.injection', 'input.pii'], []]);
  });

  it('reads a hostile megabyte without keeping others waiting', async () => {
    let longest = 0;
    let last = performance.now();
    const clock = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 1);
    for (const text of [
      '1'.repeat(1e6),
      '@'.repeat(1e6),
      '5'.repeat(5e5) + 'a.'.repeat(2.5e5),
      '['.repeat(1e6),
      '{"a":'.repeat(2e5),
    ])
      await sanitizer({}).inspect(call(text));
    clearInterval(clock);
    // generous: a slow and busy machine; without breaks it is seconds
    expect(longest).toBeLessThan(1_500);
  });
});

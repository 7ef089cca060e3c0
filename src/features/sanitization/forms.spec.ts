import type { Entity } from '../../contract/entities';
import type { JsonObject } from '../../contract/json';
import type { WireRequest } from '../../contract/wire';
import { CODECS } from '../../dialects/codecs';
import { GuardPolicy } from '../../platform/config/guards';
import { CallForms } from './forms';
import { CallTexts, type Form } from './inspect/call-texts';
import { PlainText } from './inspect/searched';
import { operators } from './tokens/operators';
import { TokenVault } from './tokens/vault';

const CPF = '529.982.247-25';
const MAIL = 'ana@example.com';
const body = {
  model: 'm',
  messages: [
    { role: 'user', name: MAIL, content: `${CPF} ${MAIL}` },
    { role: 'user', content: 'Hello' },
  ],
};

function formsOf(policy: object, holding: object = body) {
  const wire = { dialect: 'openai-chat', body: holding as JsonObject, headers: {} } satisfies WireRequest;
  const decode = ({ body: other }: Form['wire']) => CODECS['openai-chat'].decodeRequest(other);
  const texts = new CallTexts({ request: decode(wire), wire }, decode);
  const entities = new Set<Entity>();
  const searched = texts.places.map(({ text }) => {
    const findings = [CPF, MAIL].flatMap((value) => {
      const start = text.indexOf(value);
      const entity: Entity = value === CPF ? 'BR_CPF' : 'EMAIL';
      if (start >= 0) entities.add(entity);
      return start < 0 ? [] : [{ entity, start, end: start + value.length, confidence: 1, validated: true }];
    });
    return findings.length ? new PlainText(text, findings) : undefined;
  });
  const vault = new TokenVault(Buffer.alloc(32, 1));
  const { personalData } = GuardPolicy.parse({ personalData: policy });
  const placeOf = (name: string) => (name === 'inside' ? 'local' : 'external');
  const operate = operators(vault, () => 'abcdef0123456789');
  const valueOf = (token: string) => vault.valueOf(token);
  const forms = new CallForms({ texts, searched, entities, policy: personalData, placeOf, operate, valueOf, decode });
  const said = (form: Form) => (form.wire.body['messages'] as { content: string }[])[0]?.content;
  return { forms, said, wire };
}

describe('CallForms', () => {
  it('tell each provider what it may be told, the strongest rule first', () => {
    const { forms, said } = formsOf({
      external: 'replace',
      local: 'keep',
      providers: { trusted: 'mask' },
      entities: { BR_CPF: { external: 'redact', providers: { trusted: 'keep' } }, EMAIL: 'hash' },
    });
    expect(said(forms.to('inside'))).toBe(`${CPF} [[EMAIL#abcdef012345]]`);
    expect(said(forms.to('outside'))).toBe(` [[EMAIL#abcdef012345]]`);
    expect(said(forms.to('trusted'))).toBe(`${CPF} [[EMAIL#abcdef012345]]`);
  });

  it('are one where everything is a token, and leads back', () => {
    const { forms, said } = formsOf({ external: 'redact' });
    const text = said(forms.masked) ?? '';
    expect(text).toMatch(/^\[\[CPF_\w{4}\]\] \[\[EMAIL_\w{4}\]\]$/);
    expect(forms.restore(text)).toBe(`${CPF} ${MAIL}`);
  });

  it('are what came in where nothing is to be done', () => {
    const { forms, wire } = formsOf({ external: 'keep' });
    expect(forms.to('outside').wire).toBe(wire);
    expect(forms.to('outside')).toBe(forms.to('inside'));
  });

  it('know who was told tokens', () => {
    const { forms } = formsOf(
      { external: 'tokenize', local: 'keep', providers: { masked: 'mask' } },
      { model: 'm', messages: [{ role: 'user', content: CPF }] },
    );
    expect(['outside', 'inside', 'masked'].map((name) => forms.tokenizes(name))).toEqual([true, false, false]);
  });

  it('hold nothing but the call', () => {
    expect(Object.keys(formsOf({}).forms.to('outside')).sort()).toEqual(['request', 'wire']);
  });

  it('spell names without brackets, and know what they were', () => {
    const { forms } = formsOf({});
    const [{ name }] = forms.to('outside').wire.body['messages'] as unknown as [{ name: string }];
    expect(name).toMatch(/^EMAIL_\w{4}$/);
    expect(forms.names.get(name)).toBe(MAIL);
  });

  it('bar those who may not be told what the call holds, and nobody else', () => {
    const { forms } = formsOf({ entities: { BR_CPF: { external: 'block' } } });
    expect(forms.barred('inside')).toBeUndefined();
    expect(forms.barred('outside')).toMatchObject({
      code: 'prompt_rejected',
      message: expect.stringMatching(/outside: BR_CPF$/),
    });
    const clean = formsOf(
      { entities: { BR_CPF: 'block' } },
      { model: 'm', messages: [{ role: 'user', content: 'Hello' }] },
    );
    expect(clean.forms.barred('outside')).toBeUndefined();
  });
});

import { LimitRules } from './limit-rules';

const acme = { id: '0190a000-0000-7000-8000-000000000001', name: 'Acme' };
const other = { id: '0190a000-0000-7000-8000-000000000002', name: 'Other' };

describe('LimitRules', () => {
  it('limit nobody where nothing is configured', () => {
    const rules = new LimitRules({ models: {}, tenants: {} });
    expect(rules.none).toBe(true);
    expect(rules.of(acme)).toMatchObject({ tenant: undefined, users: undefined, limitsModels: false });
    expect(rules.of(acme).model('openai/gpt-4o')).toBeUndefined();
  });

  it.each([
    ['its name, in whatever case', 'ACME'],
    ['its id', acme.id],
    ['its id in capitals', acme.id.toUpperCase()],
  ])('know a tenant by %s, and what holds for the others', (_by, entry) => {
    const rules = new LimitRules({
      models: {},
      tenants: { '*': { tpm: 1, models: {} }, [entry]: { rpm: 2, models: {} } },
    });
    expect(rules.none).toBe(false);
    expect(rules.of(acme).tenant).toEqual({ rpm: { value: 2, from: `limits.tenants.${entry}` } });
    expect(rules.of(other).tenant).toEqual({ tpm: { value: 1, from: 'limits.tenants.*' } });
  });

  it('let a tenant say otherwise for its users, field by field', () => {
    const rules = new LimitRules({
      users: { rpm: 10, tpm: 1_000 },
      models: {},
      tenants: { acme: { users: { tpm: 5_000, concurrency: 1 }, models: {} } },
    });
    expect(rules.of(acme).users).toEqual({
      rpm: { value: 10, from: 'limits.users' },
      tpm: { value: 5_000, from: 'limits.tenants.acme.users' },
      concurrency: { value: 1, from: 'limits.tenants.acme.users' },
    });
    expect(rules.of(other).users).toEqual({
      rpm: { value: 10, from: 'limits.users' },
      tpm: { value: 1_000, from: 'limits.users' },
    });
  });

  it.each([
    ['openai/gpt-4o', 'openai/gpt-4o'],
    ['openai/gpt-4o-mini', 'openai/gpt-*'],
    ['openai/o3', 'openai/*'],
    ['anthropic/claude', '*'],
  ])('hold %s to the most exact entry, %s', (target, entry) => {
    const models = { '*': { rpm: 1 }, 'openai/*': { rpm: 2 }, 'openai/gpt-4o': { rpm: 4 }, 'openai/gpt-*': { rpm: 3 } };
    const model = new LimitRules({ models, tenants: {} }).of(acme).model(target);
    expect(model?.rpm?.from).toBe(`limits.models.${entry}`);
  });

  it('let a tenant say otherwise for a model, field by field', () => {
    const rules = new LimitRules({
      models: { 'openai/*': { rpm: 100, tpm: 1_000 } },
      tenants: { acme: { models: { '*': { tpm: 9_000 } } } },
    });
    expect(rules.of(acme).model('openai/o3')).toEqual({
      rpm: { value: 100, from: 'limits.models.openai/*' },
      tpm: { value: 9_000, from: 'limits.tenants.acme.models.*' },
    });
    expect(rules.of(acme)).toMatchObject({ tenant: undefined, limitsModels: true });
    expect(rules.of(other).model('anthropic/x')).toBeUndefined();
  });
});

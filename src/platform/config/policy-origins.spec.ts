import { effectivePolicy } from './effective-policy';
import { layersOf, originOf } from './policy-origins';
import { Policies } from './policies';

const policies = Policies.parse({
  defaults: { retry: { attempts: 4 } },
  providers: { openai: { retry: { attempts: 5 }, breaker: { openMs: 1_000 }, timeout: { connectMs: 7 } } },
  models: { 'openai/gpt-4o': { retry: { attempts: 6, baseMs: 50 }, fallback: { to: ['local/x'] } } },
  tenants: { Acme: { retry: { attempts: 7 }, degradation: { stale: true } }, '*': { timeout: { totalMs: 9 } } },
});
const scope = (model: string, name: string) => ({ provider: 'openai', model, tenant: { id: 'id', name } });
const origin = (model: string, tenant: string, section: string, field: string) =>
  originOf(layersOf(policies, scope(model, tenant)), section, field);

describe('where a field of a policy comes from', () => {
  it.each([
    ['gpt-4o', 'acme', 'retry', 'attempts', 'tenants.Acme'],
    ['gpt-4o', 'acme', 'retry', 'baseMs', 'models.openai/gpt-4o'],
    ['gpt-4o', 'acme', 'breaker', 'openMs', 'providers.openai'],
    ['gpt-4o', 'acme', 'breaker', 'slowMs', 'defaults'],
    ['gpt-4o', 'other', 'retry', 'attempts', 'models.openai/gpt-4o'],
    ['gpt-4o', 'other', 'timeout', 'totalMs', 'tenants.*'],
    ['o3', 'other', 'retry', 'attempts', 'providers.openai'],
    ['o3', 'other', 'fallback', 'to', 'defaults'],
    ['__proto__', 'other', 'fallback', 'to', 'defaults'],
  ])('%s for %s: %s.%s is from %s', (model, tenant, section, field, from) => {
    expect(origin(model, tenant, section, field)).toBe(from);
  });

  it('is the layer whose value is in force, for every field', () => {
    for (const model of ['gpt-4o', 'o3'])
      for (const tenant of ['acme', 'other']) {
        const layers = layersOf(policies, scope(model, tenant));
        const { bulkhead: _, ...sections } = effectivePolicy(policies, scope(model, tenant));
        for (const [section, fields] of Object.entries(sections))
          for (const [field, value] of Object.entries(fields)) {
            const from = originOf(layers, section, field);
            const says = layers.find((layer) => layer.from === from)?.says[section] as Record<string, unknown>;
            expect([section, field, says[field]]).toEqual([section, field, value]);
          }
      }
  });
});

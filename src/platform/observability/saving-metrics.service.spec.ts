import { Registry } from 'prom-client';
import type { CallFinished, GatewayEvents } from '../../contract/events';
import type { EventBus } from '../events/event-bus';
import { SavingMetrics } from './saving-metrics.service';

it('counts what was saved, what cost more, and what was chosen', async () => {
  const registry = new Registry();
  let tell: ((call: CallFinished) => void) | undefined;
  const on = (_name: keyof GatewayEvents, listener: typeof tell) => void (tell = listener);
  new SavingMetrics(registry, { on } as unknown as EventBus);
  const calls: Partial<CallFinished>[] = [
    {
      selection: { level: 'low', by: 'given', reasons: [], asked: 'best', chosen: 'fast' },
      saved: [
        { by: 'selection', tokens: 0, picos: 2_500_000_000n },
        { by: 'trimming', tokens: 40 },
      ],
    },
    { selection: { level: 'high', by: 'given', reasons: ['model_named'] }, saved: [{ by: 'selection', tokens: 0, picos: -5n * 10n ** 11n }] },
    {},
  ]; // prettier-ignore
  for (const call of calls) tell?.(call as CallFinished);
  const text = await registry.metrics();
  expect(text.match(/^llm_\w+_total\{.*$/gm)).toEqual([
    'llm_selected_total{level="low",by="given"} 1',
    'llm_saved_tokens_total{by="trimming"} 40',
    'llm_saved_usd_total{by="selection"} 0.0025',
    'llm_extra_usd_total{by="selection"} 0.5',
  ]);
});

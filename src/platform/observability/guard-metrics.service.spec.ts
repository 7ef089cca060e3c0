import { Registry } from 'prom-client';
import type { CallFinished, GatewayEvents } from '../../contract/events';
import type { EventBus } from '../events/event-bus';
import { GuardMetrics } from './guard-metrics.service';

it('counts what guards found and did', async () => {
  const registry = new Registry();
  let tell: ((call: CallFinished) => void) | undefined;
  const on = (_name: keyof GatewayEvents, listener: typeof tell) => void (tell = listener);
  new GuardMetrics(registry, { on } as unknown as EventBus);
  const inspection = {
    guards: [],
    found: { input: { BR_CPF: 2, EMAIL: 1 }, output: { PHONE: 1 } },
    flags: ['pii.BR_CPF', 'output.PHONE', 'unscanned.image', 'injection.suspected'],
    injection: undefined,
    policy: {},
  };
  tell?.({ inspection } as unknown as CallFinished);
  tell?.({ inspection: undefined } as unknown as CallFinished);
  const text = await registry.metrics();
  expect(text.match(/^guard_\w+_total\{.*$/gm)).toEqual([
    'guard_findings_total{direction="input",entity="BR_CPF"} 2',
    'guard_findings_total{direction="input",entity="EMAIL"} 1',
    'guard_findings_total{direction="output",entity="PHONE"} 1',
    'guard_flags_total{flag="unscanned.image"} 1',
    'guard_flags_total{flag="injection.suspected"} 1',
  ]);
});

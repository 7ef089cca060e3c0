import type { Call } from '../contract/call';
import type { Reply } from '../contract/reply';
import { NoTracing } from '../platform/tracing/tracing';
import { Pipeline } from './pipeline.service';

const NAMES = [
  'Audit',
  'Admit',
  'Idempotency',
  'Flag',
  'Sanitize',
  'Instruct',
  'Select',
  'Route',
  'Degrade',
  'Cache',
  'Conform',
  'Shadow',
  'Budget',
  'Egress',
];

it('a call passes the stages in the order that is told', async () => {
  const passed: string[] = [];
  const stages = NAMES.map((name) => {
    const wrap = (next: (call: Call) => Promise<Reply>) => (call: Call) => {
      passed.push(name.toLowerCase());
      return next(call);
    };
    const type = { [`${name}Stage`]: class {} }[`${name}Stage`]!;
    return Object.assign(new type(), { wrap });
  });
  class Dispatch {
    readonly send = (): Promise<Reply> => {
      passed.push('dispatch');
      return Promise.resolve({} as Reply);
    };
  }
  type Parts = ConstructorParameters<typeof Pipeline>;
  const pipeline = new Pipeline(
    ...([...stages, new Dispatch(), { through: () => undefined }, new NoTracing()] as unknown as Parts),
  );
  await pipeline.run({} as Call);
  expect(passed).toEqual(pipeline.stages);
  expect(passed).toHaveLength(NAMES.length + 1);
});

import { z } from 'zod';
import { HttpUrl, SecretReference } from './setting-types';

/** Who evaluates feature flags. What they may decide is declared in `flags.yaml`, whoever does. */
const FlagProvider = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('gatehouse') }),
  z.strictObject({
    type: z.literal('launchdarkly'),
    sdkKey: SecretReference,
    baseUrl: HttpUrl.optional().describe('Of a Relay Proxy; the vendor itself when absent.'),
  }),
  z.strictObject({
    type: z.literal('flagd'),
    host: z.string().min(1).max(253).default('localhost'),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .default(8015)
      .describe("Of flagd's sync service: flags are evaluated in this process."),
    tls: z.boolean().default(false),
    selector: z.string().min(1).max(500).optional().describe('Which of its sources.'),
  }),
]);
export type FlagProviderSettings = z.infer<typeof FlagProvider>;

export const FlagServiceSettings = z.strictObject({
  provider: FlagProvider.default({ type: 'gatehouse' }).describe(
    'Who evaluates flags: `gatehouse` itself, `launchdarkly` (`sdkKey`, `baseUrl`) or `flagd` (`host`, `port`, `tls`, `selector`): flags.md.',
  ),
  startMs: z
    .int()
    .min(100)
    .max(60_000)
    .default(5_000)
    .describe('How long a start waits for a flag service; then flags have their defaults until it answers.'),
  evaluateMs: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('How long a call waits for one; then the flag has its default.'),
});
export type FlagServiceSettings = z.infer<typeof FlagServiceSettings>;

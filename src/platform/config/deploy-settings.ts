/** The shape of `config/deploy.yaml`, which the deploy command reads and the gateway does not. Every field has a default. */
import { z } from 'zod';
import { HttpUrl } from './setting-types';

const seconds = z.int().min(1).max(86_400);
const share = z.number().min(0).max(1);

const colour = (url: string) =>
  z
    .strictObject({
      url: HttpUrl.default(url).describe('Where it answers calls, without the balancer.'),
      opsUrl: HttpUrl.optional().describe('Where its probes and metrics are, with GATEHOUSE_OPS_PORT; else the same.'),
      environment: z
        .record(z.string().regex(/^[A-Z_][A-Z0-9_]*$/), z.string())
        .default({})
        .describe('Variables of this colour alone, with the driver `local`; stronger than those of the command.'),
    })
    .prefault({});

export const DeploySettings = z.strictObject({
  driver: z
    .enum(['local', 'compose'])
    .default('local')
    .describe('What runs the colours: processes of this machine, or docker compose.'),
  folder: z
    .string()
    .min(1)
    .default('.gatehouse/deploy')
    .describe('Where the state of deploys is kept, and the logs of local processes.'),
  colours: z
    .strictObject({ blue: colour('http://127.0.0.1:3001'), green: colour('http://127.0.0.1:3002') })
    .prefault({}),
  balancer: z
    .strictObject({
      runtime: z
        .string()
        .regex(/^(\/.+|[\w.-]+:\d{1,5})$/, 'must be the path of a socket, or host:port')
        .default('127.0.0.1:3990')
        .describe('The runtime API of HAProxy, at level admin: the path of its socket, or host:port.'),
      backend: z
        .string()
        .regex(/^[\w.:-]{1,64}$/)
        .default('gatehouse')
        .describe('The backend with the servers `blue` and `green`.'),
      stateFile: z
        .string()
        .min(1)
        .default('.gatehouse/deploy/haproxy/servers.state')
        .describe('Where the shares are kept for a HAProxy that starts again: its `server-state-file`.'),
    })
    .prefault({}),
  steps: z
    .array(z.int().min(1).max(100))
    .min(1)
    .max(20)
    .refine((steps) => steps.at(-1) === 100, 'must end with 100')
    .refine((steps) => steps.every((step, i) => i === 0 || step > (steps[i - 1] ?? 0)), 'must grow')
    .default([1, 10, 50, 100])
    .describe('The shares that the new colour gets, one after the other, in percent.'),
  holdSeconds: seconds.default(60).describe('How long each share is watched at least.'),
  mostHoldSeconds: seconds.default(900).describe('How long it is watched where too few calls come to judge by.'),
  readySeconds: seconds.default(120).describe('How long a colour may take to be ready.'),
  drainSeconds: seconds.default(600).describe('How long streams on the colour that lost its share are waited for.'),
  compare: z
    .strictObject({
      calls: z
        .int()
        .min(0)
        .max(1_000_000)
        .default(50)
        .describe('Calls that the new colour must have ended, at each share, before it is judged fine.'),
      tooFew: z
        .enum(['rollback', 'proceed'])
        .default('rollback')
        .describe('What becomes of a deploy that met too few calls for too long.'),
      events: z.int().min(1).max(1_000).default(3).describe('Failures fewer than this say nothing.'),
      errorRate: share.default(0.01).describe('How far its share of failed calls may be above that of the old colour.'),
      attemptRate: share
        .default(0.05)
        .describe('The same for failed attempts at providers, which retries hide from callers.'),
      fallbackRate: share.default(0.05).describe('The same for calls that another model had to answer.'),
      latencyRatio: z
        .number()
        .min(1)
        .max(100)
        .default(1.5)
        .describe('How many times the p95 of the old colour its own may be: whole answers, and first tokens.'),
      latencyMs: z
        .int()
        .min(0)
        .max(600_000)
        .default(100)
        .describe('A p95 that is no more than this above the old one is fine whatever the ratio.'),
    })
    .prefault({}),
  smoke: z
    .strictObject({
      model: z.string().min(1).max(200).default('fast').describe('The model that the smoke tests ask.'),
      anthropicModel: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('The model that they ask with Anthropic’s SDK; the same when absent.'),
    })
    .prefault({}),
});
export type DeploySettings = z.infer<typeof DeploySettings>;

/** The `audit` block of `config/gatehouse.yaml`. */
import { z } from 'zod';

export const AUDIT_MODES = ['strict', 'sealed', 'standard', 'relaxed'] as const;
export type AuditMode = (typeof AUDIT_MODES)[number];

const Mode = z
  .enum(AUDIT_MODES)
  .describe(
    'strict: durable before a provider is asked and before the last word; sealed: before the first word; standard: before the last word; relaxed: soon.',
  );
const Payload = z
  .enum(['none', 'sanitized', 'original'])
  .describe('Which text is kept, encrypted: none, what left for the provider, or what the caller sent.');

const KeyReference = z
  .string()
  .regex(
    /^(master-key|(vault-transit|aws-kms|env|file|aws-sm|gcp-sm|vault|literal):.+)$/,
    'must be master-key, vault-transit:…, aws-kms:… or a reference to a secret, never the key itself',
  );

const Witness = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  vkey: z.string().min(1).describe('The verifier key that `npm run witness` prints.'),
});

export const AuditSettings = z.strictObject({
  origin: z
    .string()
    .regex(/^[^\s+]{1,200}$/, 'must have no spaces and no +')
    .optional()
    .describe('Names the log in its checkpoints, like gatehouse.example.com/audit; made at first start when absent.'),
  kek: z
    .strictObject({
      use: KeyReference.default('master-key').describe(
        'Wraps the keys of the log: `master-key` (derived from it), `vault-transit:<mount>/keys/<name>`, `aws-kms:<arn>`, or a reference to 32 bytes in base64: secrets.md.',
      ),
      previous: z.array(KeyReference).max(16).default([]).describe('Keys that still unwrap what they wrapped.'),
    })
    .prefault({}),
  mode: Mode.default('strict'),
  payload: Payload.default('sanitized'),
  tenants: z
    .record(z.string().min(1), z.strictObject({ mode: Mode.optional(), payload: Payload.optional() }))
    .default({})
    .describe('By name or id, or "*" for every tenant that is not named.'),
  appendMs: z.int().min(50).max(60_000).default(5_000).describe('How long a call waits for its entry to be durable.'),
  queue: z.int().min(1).default(10_000).describe('Entries waiting for the database; above it new calls are refused.'),
  queueBytes: z.int().min(1_048_576).default(67_108_864),
  sealedBytes: z.int().min(1_024).default(16_777_216).describe('The largest answer that `sealed` holds back.'),
  spool: z
    .boolean()
    .default(false)
    .describe('While the database is away, make entries durable in a file of the data folder instead.'),
  spoolBytes: z
    .int()
    .min(16_777_216)
    .default(1_073_741_824)
    .describe('The most that the file may hold; above it calls are refused.'),
  checkpointMs: z.int().min(100).max(60_000).default(1_000),
  heartbeatSeconds: z.int().min(1).max(3_600).default(60),
  maxUncheckpointedSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .default(900)
    .describe('Without a checkpoint for so long, calls are refused.'),
  witnesses: z.array(Witness).max(16).default([]),
  requireWitness: z.boolean().default(false).describe('Refuse calls while no witness signs.'),
  anchors: z
    .array(z.string().min(1))
    .max(16)
    .default([])
    .describe('Where checkpoints are also kept: file:/path, https://…, or s3://bucket/prefix (object lock).'),
  anchorSeconds: z.int().min(1).max(86_400).default(60),
  retentionMonths: z.int().min(6).max(1_200).default(12),
  keyBackupDays: z
    .int()
    .min(0)
    .max(3_650)
    .default(30)
    .describe('How long backups of the key database are kept: after so many days an erasure is final.'),
  approvals: z
    .strictObject({
      reveal: z.boolean().default(true).describe('A second person must agree before content is shown.'),
      shred: z.boolean().default(true),
      retention: z.boolean().default(true),
    })
    .prefault({})
    .describe('Where two people are needed.'),
  approvalHours: z.int().min(1).max(720).default(1).describe('How long an approval can be used.'),
  verifyAt: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be HH:MM')
    .optional()
    .describe('When the whole log is verified every day (UTC); 03:00 when absent.'),
});
export type AuditSettings = z.infer<typeof AuditSettings>;

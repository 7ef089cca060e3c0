import { z } from 'zod';
import { COLOURS } from '../../contract/colour';

const Colour = z.enum(COLOURS);

export const DeployParam = z.uuid();

export const DeployStep = z.strictObject({
  step: z
    .string()
    .regex(/^[a-z][a-z-]{0,31}$/, 'must be a word')
    .describe('begin, clear, migrate, start, ready, smoke, shift, drain, end, rollback, retire.'),
  to: Colour.describe('The colour that is deployed.'),
  from: Colour.optional().describe('The colour that had the callers; absent where nobody did.'),
  release: z.string().min(1).max(200).describe('The version that is deployed.'),
  share: z.int().min(0).max(100).optional().describe('Of new calls for `to`, in percent, from this step on.'),
  says: z.string().max(2_000).optional().describe('Why, or what was found; kept encrypted.'),
  at: z.iso.datetime().describe('When it happens.'),
});
export type DeployStep = z.output<typeof DeployStep>;

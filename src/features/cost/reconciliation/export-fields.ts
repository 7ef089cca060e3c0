import { z } from 'zod';
import { picosOfUsd } from '../../../contract/money';

/** Fields that several exports have. */
export const Tokens = z.int().min(0).max(Number.MAX_SAFE_INTEGER);
export const Model = z
  .string()
  .max(512)
  .nullish()
  .transform((name) => name || undefined);
export const ResultsOf = <T extends z.ZodType>(result: T) => z.array(result).max(10_000);

/** A decimal number, as text or as a number; what is beyond a picodollar is rounded. */
export const Amount = z.union([z.string(), z.number()]).transform((usd, context) => {
  try {
    return picosOfUsd(usd);
  } catch {
    context.addIssue('must be an amount');
    return z.NEVER;
  }
});

/** A moment in RFC 3339, as its day (UTC). */
export const MomentDay = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString().slice(0, 10));
/** Seconds since the epoch, up to the year 2100. */
export const SecondsDay = z
  .number()
  .min(0)
  .max(4_102_444_800)
  .transform((seconds) => new Date(seconds * 1_000).toISOString().slice(0, 10));

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { COLOURS } from '../../contract/colour';
import { replaceFile } from './replace-file';

const Colour = z.enum(COLOURS);
const Count = z.number();
const Buckets = z.record(z.string(), Count);

const Baseline = z.object({
  calls: Count,
  failed: Count,
  attempts: Count,
  failedAttempts: Count,
  fallbacks: Count,
  startedAt: Count,
  answers: Count,
  faults: Count,
  durations: Buckets,
  firstTokens: Buckets,
});

/** What runs, or shall run, as a colour. */
export const Release = z.object({
  /** A folder with a build, or the name of an image. */
  place: z.string(),
  /** Its version, for people. */
  label: z.string(),
});
export type Release = z.infer<typeof Release>;

/** A step that the audit log is to know of. */
export const StepRecord = z.object({
  deploy: z.uuid(),
  step: z.string(),
  to: Colour,
  from: Colour.optional(),
  release: z.string(),
  share: z.number().optional(),
  /** Why, or what was found. */
  says: z.string().optional(),
  /** RFC 3339. */
  at: z.string(),
});
export type StepRecord = z.infer<typeof StepRecord>;

const Deploy = z.object({
  id: z.uuid(),
  to: Colour,
  /** Who had the callers; absent where nobody did. */
  from: Colour.optional(),
  release: Release,
  steps: z.array(z.number()),
  holdSeconds: z.number(),
  startedAt: z.string(),
  /** The index in the plan of the step that is next, or under way. */
  next: z.number(),
  /** What the old colour had counted when the deploy began. */
  baseline: Baseline.optional(),
  /** Why it is being rolled back. */
  failure: z.string().optional(),
});
export type Deploy = z.infer<typeof Deploy>;

const DeployState = z.object({
  /** Who has the callers between deploys. */
  live: Colour.optional(),
  releases: z.object({ blue: Release.optional(), green: Release.optional() }).default({}),
  /** The one that is under way. */
  deploy: Deploy.optional(),
  last: z
    .object({
      id: z.uuid(),
      to: Colour,
      release: z.string(),
      outcome: z.enum(['deployed', 'rolled back']),
      says: z.string().optional(),
      endedAt: z.string(),
    })
    .optional(),
  /** Steps that could not be put on record when they happened. */
  unrecorded: z.array(StepRecord).default([]),
});
export type DeployState = z.infer<typeof DeployState>;

/** What a deploy must know to go on after it was killed: one file, whole at every moment. */
export class DeployStates {
  private readonly file: string;

  constructor(folder: string) {
    this.file = join(folder, 'state.json');
  }

  /** @throws when the file is not one of ours */
  read(): DeployState {
    if (!existsSync(this.file)) return DeployState.parse({});
    return DeployState.parse(JSON.parse(readFileSync(this.file, 'utf8')));
  }

  change(changes: Partial<DeployState>): DeployState {
    const state = { ...this.read(), ...changes };
    replaceFile(this.file, `${JSON.stringify(state, undefined, 2)}\n`, 0o600);
    return state;
  }
}

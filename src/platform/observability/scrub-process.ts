import type { Secret } from '../secrets/secret';
import { logCrashes } from './crash-lines';
import { processScrubber } from './process-scrubber';
import { scrubOutput } from './scrub-output';

/** From now on nothing that this process prints, or dies with, shows a secret that the scrubber was told of. */
export function scrubProcess(): void {
  scrubErrors();
  scrubOutput(process.stdout, processScrubber);
}

/**
 * The same of what it complains about. The results of a command are made of names and sizes, and must be printed to the letter:
 * a checkpoint in which a word is replaced that happens to be a password is none.
 */
export function scrubErrors(): void {
  logCrashes();
  scrubOutput(process.stderr, processScrubber);
}

/** What a command was given beside, or without, a configuration. */
export function scrubSecrets(secrets: Readonly<Record<string, Secret>>): void {
  for (const [name, secret] of Object.entries(secrets)) processScrubber.protect(name, secret);
}

import type { Config } from './config';
import { loadConfig } from './load-config';

let loading: Promise<Config> | undefined;

/** The configuration of this process, read once: secrets are asked for a single time, and everybody has the same. */
export function processConfig(): Promise<Config> {
  return (loading ??= loadConfig(process.env));
}

import { usdText } from '../../../contract/money';
import type { Header } from '../format/header';

const PICOS = /^\d{1,38}$/;
const PICOS_PER_MICRO = 1_000_000n;

/** What an entry says that its call cost, in dollars; undefined where it says nothing. Entries of earlier releases only know millionths. */
export function recordedCost({ metadata, cost_micros: micros }: Header): string | undefined {
  const picos = metadata?.['cost_picos'];
  if (typeof picos === 'string' && PICOS.test(picos)) return usdText(BigInt(picos));
  return micros === undefined ? undefined : usdText(BigInt(micros) * PICOS_PER_MICRO);
}

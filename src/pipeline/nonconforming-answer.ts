import { GatewayError } from '../contract/errors';
import type { AnswerFault } from '../features/conformance';

const TOLD = 5;

/** The model answered, and not what the schemas of the call ask for. Says where and which keywords; never what stood there. */
export class NonconformingAnswer extends GatewayError {
  /** @param attempts how many times a provider was asked */
  constructor(faults: readonly [AnswerFault, ...AnswerFault[]], attempts: number) {
    const [{ shown, keyword, choice, tool }] = faults;
    const told = faults.slice(0, TOLD).map((fault) => `${fault.shown || '/'} (${fault.keyword})`);
    super('provider_failed', `The answer does not conform to its schema: ${told.join(', ')}`, {
      attempts,
      details: {
        reason: 'nonconforming_answer',
        pointer: shown,
        keyword,
        faults: faults.length,
        ...(choice > 0 && { choice }),
        // a tool that nobody offered has a name that the model made up
        ...(tool !== undefined && keyword !== 'tool' && { tool }),
      },
    });
  }
}

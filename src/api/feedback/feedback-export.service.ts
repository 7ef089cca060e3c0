import { Injectable } from '@nestjs/common';
import { stringify } from 'yaml';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { type Approval, Reveal, tenantAsked } from '../../features/audit';
import { type EvalCase, evalCase, type Feedback, FeedbackStore } from '../../features/feedback';
import type { ExportBody } from './feedback-schema';
import { filterOf } from './filter-of';

/** Answers that somebody put right, as a suite for `config/evals/`: content, so it is revealed entry by entry, on record before it is shown. */
@Injectable()
export class FeedbackExport {
  constructor(
    private readonly store: FeedbackStore,
    private readonly reveal: Reveal,
  ) {}

  /**
   * @returns the suite as YAML, or the approval that somebody must give first
   * @throws GatewayError `not_found` where there is nothing to export
   */
  async suite(caller: Caller, { reason, ticket, name, limit, ...asked }: ExportBody): Promise<string | Approval> {
    // who agrees to it agrees for one tenant
    const tenant = tenantAsked(caller, asked.tenant) ?? caller.tenantId;
    const filter = { ...filterOf(asked, tenant), hasExpected: true };
    const given = (await this.store.list(filter, undefined, limit)).filter(({ promptEntryId }) => promptEntryId);
    if (!given.length)
      throw new GatewayError('not_found', 'No feedback of that kind says what would have been expected');
    const entries = given.flatMap(({ entryId, promptEntryId }) => [entryId, ...(promptEntryId ? [promptEntryId] : [])]);
    const cases: EvalCase[] = [];
    for (const one of given) {
      const made = await this.case(caller, one, { reason, ticket, entries });
      if (made && 'kind' in made) return made;
      if (made) cases.push(made);
    }
    if (!cases.length)
      throw new GatewayError('not_found', 'None of it can be a case: content is gone, or is more than text');
    return written(name, cases, given.length - cases.length);
  }

  private async case(
    caller: Caller,
    { entryId, promptEntryId, callId, tags }: Feedback,
    words: { readonly reason: string; readonly ticket: string | undefined; readonly entries: readonly string[] },
  ): Promise<EvalCase | Approval | undefined> {
    try {
      const said = await this.reveal.ask(caller, entryId, words);
      if (!('content' in said)) return said;
      const prompt = await this.reveal.ask(caller, promptEntryId ?? '', words);
      if (!('content' in prompt)) return prompt;
      const { feedback } = said.content as { readonly feedback?: { readonly expected?: string } };
      const expected = feedback?.expected;
      return expected === undefined ? undefined : evalCase(`feedback-${callId}`, prompt.content, expected, tags);
    } catch (error) {
      // erased, or never kept
      if (GatewayError.from(error).code === 'not_found') return undefined;
      throw error;
    }
  }
}

function written(name: string, cases: readonly EvalCase[], leftOut: number): string {
  const suite = {
    name,
    description: 'Answers that callers put right.',
    scorers: [{ type: 'similarity', min: 0.6 }],
    cases,
  };
  const note = leftOut ? `# ${leftOut} left out: their content is gone, or is more than text\n` : '';
  return `# yaml-language-server: $schema=../schema/evals.schema.json\n${note}${stringify(suite)}`;
}

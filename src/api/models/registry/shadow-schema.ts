import { z } from 'zod';
import { usdText } from '../../../contract/money';
import type { Comparison, Side } from '../../../features/models';
import { Shadow } from '../../../platform/config/models';

const moment = z.iso.datetime({ offset: true });

export const ShadowQuery = z.strictObject({
  from: moment.optional().describe('Seven days ago when absent; figures are kept for thirty.'),
  to: moment.optional().describe('Exclusive.'),
  subject: z.string().min(1).max(300).optional().describe('The alias or model whose shadow it is.'),
});
export type ShadowQuery = z.output<typeof ShadowQuery>;

const SideView = z.object({
  model: z.string().describe('provider/model'),
  p50_ms: z.int().describe('From asking to the end of the answer, as all of these where the shadow answered.'),
  p95_ms: z.int(),
  input_tokens: z.int(),
  output_tokens: z.int(),
  cost_usd: z.string(),
});

export const ShadowsView = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  configured: z.array(z.object({ subject: z.string(), shadow: Shadow })),
  data: z.array(
    z.object({
      subject: z.string(),
      calls: z.int().describe('That the shadow was sent.'),
      errors: z.int().describe('That it did not answer.'),
      caller: SideView,
      shadow: SideView,
      similarity: z.number().nullable().describe('Share of words that both answers have, 0 to 1; the mean.'),
      first_at: z.iso.datetime(),
      last_at: z.iso.datetime(),
    }),
  ),
});

export function comparisonView(found: Comparison): z.output<typeof ShadowsView>['data'][number] {
  const { subject, calls, errors, caller, shadow, similarity, first, last } = found;
  return {
    subject,
    calls,
    errors,
    caller: sideView(caller),
    shadow: sideView(shadow),
    similarity: similarity === undefined ? null : Math.round(similarity * 10_000) / 10_000,
    first_at: first.toISOString(),
    last_at: last.toISOString(),
  };
}

function sideView({ model, p50Ms, p95Ms, inputTokens, outputTokens, cost }: Side): z.output<typeof SideView> {
  return {
    model,
    p50_ms: p50Ms,
    p95_ms: p95Ms,
    input_tokens: inputTokens,
    output_tokens: outputTokens,
    cost_usd: usdText(cost),
  };
}

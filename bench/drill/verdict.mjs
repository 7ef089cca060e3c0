// What became of a call, from what its client saw.
import { CHAIN, giverOf } from './answers.mjs';
import { read } from './read.mjs';

/** What the gateway says when the database is away: Anthropic's errors have no code of their own for it. */
const UNRECORDED = /cannot be recorded/;

/**
 * @typedef {'answered' | 'cut' | 'refused' | 'wrong' | 'broken' | 'hanging' | 'unreachable'} Outcome
 *   `cut`: an error in its grammar after content; `wrong`: complete, but not what a double said
 */

/** @returns {object} the call with its outcome, its times, who served it, and why it failed */
export function judge(call, answer) {
  const doubles = call.measure ? ['healthy'] : CHAIN;
  const reading = read(call, answer);
  const giver = reading.complete ? giverOf(reading, call.n, call.tools, doubles) : undefined;
  const { headers } = answer;
  return {
    ...call,
    ...outcomeOf(answer, reading, giver, headers['x-gatehouse-provider']),
    status: answer.status,
    firstMs: answer.firstMs,
    ms: answer.ms,
    giver,
    degraded: headers['x-gatehouse-degraded'],
    attempts: Number(headers['x-gatehouse-attempts'] ?? 0),
    grammar: answer.failure ? undefined : reading.broken,
  };
}

function outcomeOf({ failure, status }, { complete, error, broken, text, tool }, giver, provider) {
  if (failure === 'hanging') return { outcome: 'hanging' };
  if (failure === 'refused' || (failure && status === 0)) return { outcome: 'unreachable', reason: failure };
  if (broken) return { outcome: 'broken', reason: broken };
  if (complete) {
    if (giver && (provider === undefined || provider === giver)) return { outcome: 'answered' };
    return { outcome: 'wrong', reason: giver ? 'named another provider' : 'not what a double said' };
  }
  const reason = UNRECORDED.test(error.message) ? 'audit_unavailable' : error.code;
  return { outcome: status === 200 && (text || tool) ? 'cut' : 'refused', reason };
}

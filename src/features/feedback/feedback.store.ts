import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Feedback, FeedbackFilter, Scores } from './feedback';
import { conditionsOf, type GroupedScores, groupedScoresSql, type ScoreQuestion } from './feedback-sql';

interface Row {
  readonly tenant_id: string;
  readonly call_id: string;
  readonly entry_id: string;
  readonly prompt_entry_id: string | null;
  readonly request_id: string;
  readonly called_at: Date;
  readonly key_id: string;
  readonly provider: string;
  readonly model: string;
  readonly alias: string;
  readonly user_ref: string;
  readonly session_ref: string;
  readonly tags: string[];
  readonly score: string;
  readonly has_comment: boolean;
  readonly has_expected: boolean;
  readonly given_by: string;
  readonly given_at: Date;
}

const COLUMNS =
  'tenant_id, call_id, entry_id, prompt_entry_id, request_id, called_at, key_id, provider, model, alias, user_ref, session_ref, tags, score, has_comment, has_expected, given_by, given_at';
// of two at one time the later entry counts, whichever comes first
const PUT = `
  insert into feedback (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
  on conflict (tenant_id, call_id) do update set entry_id = excluded.entry_id, prompt_entry_id = excluded.prompt_entry_id,
    score = excluded.score, has_comment = excluded.has_comment, has_expected = excluded.has_expected,
    given_by = excluded.given_by, given_at = excluded.given_at
  where feedback.entry_id < excluded.entry_id`;
const MOST_GROUPS = 100_000;

/** The newest feedback about each call. */
@Injectable()
export class FeedbackStore {
  constructor(private readonly database: DataSource) {}

  /** Takes the place of what was said of the call before. */
  async put(given: Feedback): Promise<void> {
    await this.database.query(PUT, [
      given.tenantId,
      given.callId,
      given.entryId,
      given.promptEntryId ?? null,
      given.requestId,
      given.calledAt,
      given.keyId,
      given.provider,
      given.model,
      given.alias,
      given.userRef,
      given.sessionRef,
      [...given.tags],
      given.score,
      given.hasComment,
      given.hasExpected,
      given.givenBy,
      given.givenAt,
    ]);
  }

  /** Newest first, those before the entry `before`. */
  async list(filter: FeedbackFilter, before: string | undefined, limit: number): Promise<Feedback[]> {
    const { conditions, values } = conditionsOf(filter);
    if (before !== undefined) conditions.push(`entry_id < $${values.push(before)}::uuid`);
    const rows = await this.database.query<Row[]>(
      `select ${COLUMNS} from feedback where ${conditions.join(' and ')} order by entry_id desc limit $${values.push(limit)}`,
      values,
    );
    return rows.map(feedbackIn);
  }

  /**
   * How good the answers of a model were found.
   * @param model `provider/model`
   * @param of when they were asked for, the end exclusive; the alias that was asked for, where only that counts
   */
  async scoresOf(
    model: string,
    { from, to, alias }: { readonly from: Date; readonly to: Date; readonly alias?: string | undefined },
  ): Promise<Scores> {
    const { conditions, values } = conditionsOf({ model, alias });
    const called = `called_at >= $${values.push(from)} and called_at < $${values.push(to)}`;
    const [row] = await this.database.query<{ count: number; mean: number | null }[]>(
      `select count(*)::int as count, avg(score)::float8 as mean from feedback where ${conditions.join(' and ')} and ${called}`,
      values,
    );
    return { count: row?.count ?? 0, mean: row?.mean ?? undefined };
  }

  /** Scores by group, by the groups' texts joined with NUL, for rows of a report of usage. */
  async grouped(question: ScoreQuestion): Promise<GroupedScores> {
    const { text, values } = groupedScoresSql(question, MOST_GROUPS);
    const rows = await this.database.query<({ count: number; mean: number } & Record<`g${number}`, string>)[]>(text, [
      ...values,
    ]);
    return new Map(
      rows.map(({ count, mean, ...row }) => [
        question.groups.map((_, i) => row[`g${i}`] ?? '').join('\0'),
        { count, mean },
      ]),
    );
  }
}

function feedbackIn(row: Row): Feedback {
  return {
    tenantId: row.tenant_id,
    callId: row.call_id,
    entryId: row.entry_id,
    promptEntryId: row.prompt_entry_id ?? undefined,
    requestId: row.request_id,
    calledAt: row.called_at,
    keyId: row.key_id,
    provider: row.provider,
    model: row.model,
    alias: row.alias,
    userRef: row.user_ref,
    sessionRef: row.session_ref,
    tags: row.tags,
    score: Number(row.score),
    hasComment: row.has_comment,
    hasExpected: row.has_expected,
    givenBy: row.given_by,
    givenAt: row.given_at,
  };
}

import type { Pool } from 'pg';
import type { Draft } from '../../audit-log';

/** Requests looked at in one go. */
const SLICE = 5_000;

interface OpenRequest {
  readonly entry_id: string;
  readonly index: string;
  readonly request_id: string | null;
  readonly tenant: string | null;
  readonly actor: string | null;
  readonly user_id: string | null;
  readonly model: string | null;
}

/**
 * A request with a parent is the same call once more: its end is told of the first. One that left in a batch outlives its process,
 * and is ended by whoever has the batch.
 */
const UNANSWERED = `r.event = 'llm.request' and r.parent is null and not coalesce(r.flags @> '{batch}', false) and not exists (
  select from audit.entries c where c.request_id = r.request_id and c.parent = r.entry_id
     and c.event in ('llm.response', 'llm.refused', 'llm.orphan'))`;
const COLUMNS = 'r.entry_id, r.index, r.request_id, r.tenant, r.actor, r.user_id, r.model';

/** Finds requests of which nobody will ever say how they ended. Acts as `reader`; needs the projection. */
export class OrphanSearch {
  constructor(private readonly pool: Pool) {}

  /**
   * Those from `low` on that are older than any call can last.
   * @returns up to where all were looked at
   */
  async old(low: number, olderThanMs: number): Promise<{ readonly drafts: Draft[]; readonly upto: number }> {
    const { rows: bounds } = await this.pool.query<{ upto: string | null }>(
      `with slice as (select index, ts from audit.entries where index >= $1 order by index limit ${SLICE})
       select coalesce((select min(index) from slice where ts >= clock_timestamp() - make_interval(secs => $2)),
                       (select max(index) + 1 from slice)) as upto`,
      [low, olderThanMs / 1_000],
    );
    const upto = Number(bounds[0]?.upto ?? low);
    if (upto <= low) return { drafts: [], upto: low };
    const { rows } = await this.pool.query<OpenRequest>(
      `select ${COLUMNS} from audit.entries r where r.index >= $1 and r.index < $2 and ${UNANSWERED} order by r.index`,
      [low, upto],
    );
    return { drafts: rows.map(orphanOf), upto };
  }

  /** Those from `low` on of a process that is gone. */
  async ofWriter(writer: string, low: number): Promise<Draft[]> {
    const { rows } = await this.pool.query<OpenRequest>(
      `select ${COLUMNS} from audit.batches b join audit.entries r on r.index >= b.first_index and r.index < b.first_index + b.n
        where b.writer = $1 and b.first_index >= $2 and ${UNANSWERED} order by r.index limit 10000`,
      [writer, low],
    );
    return rows.map(orphanOf);
  }
}

function orphanOf(row: OpenRequest): Draft {
  const { request_id, tenant, actor, user_id, model } = row;
  const known = Object.entries({ request_id, tenant, actor, user_id, model }).filter(([, value]) => value !== null);
  return {
    facts: {
      event: 'llm.orphan',
      parent: row.entry_id,
      outcome: 'unknown',
      ...(Object.fromEntries(known) as Partial<Draft['facts']>),
    },
  };
}

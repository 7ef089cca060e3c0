import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { AuditPools } from './audit-pools.service';

export interface StoredCheckpoint {
  readonly size: number;
  readonly root: Buffer;
  /** The signed note, with what witnesses added since. */
  readonly note: string;
  readonly madeAt: Date;
}

interface Row {
  size: string;
  root: Buffer;
  note: string;
  made_at: Date;
}

/** The signed note, and the lines of witnesses. */
const NOTE = `c.note || coalesce((
  select string_agg(rtrim(w.line, e'\\n') || e'\\n', '' order by w.made_at) from audit.cosignatures w
   where w.epoch = c.epoch and w.size = c.size), '')`;
const SPREAD = 500;

/** The checkpoints that the database keeps, whichever process made them. */
@Injectable()
export class CheckpointsStore {
  private readonly reader: Pool;

  constructor({ reader }: AuditPools) {
    this.reader = reader;
  }

  async latest(): Promise<StoredCheckpoint | undefined> {
    const [row] = await this.select('order by c.size desc limit 1', []);
    return row;
  }

  /** The newest of every epoch, oldest first, each with what witnesses added. */
  async ofEpochs(): Promise<string[]> {
    const { rows } = await this.reader.query<{ note: string }>(
      `select distinct on (c.epoch) ${NOTE} as note from audit.checkpoints c order by c.epoch, c.size desc`,
    );
    return rows.map(({ note }) => note);
  }

  /** The newest of every epoch and some hundreds before, evenly spread, oldest first. */
  async spread(): Promise<string[]> {
    const { rows } = await this.reader.query<{ note: string }>(
      `select ${NOTE} as note from (
         select *, row_number() over (partition by epoch order by size desc) as age, count(*) over () as total
           from audit.checkpoints
       ) c where (c.age - 1) % greatest(c.total / ${SPREAD}, 1) = 0 order by c.epoch, c.size`,
    );
    return rows.map(({ note }) => note);
  }

  private async select(tail: string, values: unknown[]): Promise<StoredCheckpoint[]> {
    const { rows } = await this.reader.query<Row>(
      `select c.size, c.root, c.made_at, ${NOTE} as note
         from audit.checkpoints c where c.epoch = (select epoch from audit.log) ${tail}`,
      values,
    );
    return rows.map(({ size, root, note, made_at }) => ({ size: Number(size), root, note, madeAt: made_at }));
  }
}

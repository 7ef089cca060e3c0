import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Withdrawal } from './withdrawals';

const LIST = `select target, place, cause, since from withdrawals order by target`;
/** The table is as long as the list of what is broken. */
const REVISION = `select coalesce(string_agg(target || ' ' || place || ' ' || cause, ',' order by target), '') as revision from withdrawals`;
const ADD = `insert into withdrawals (target, place, cause) values ($1, $2, $3) on conflict do nothing`;
const REMOVE = `delete from withdrawals where target = $1 and cause = $2`;
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(7143002, 19)`;

/** What is taken out of routing, for all processes. */
@Injectable()
export class StoredWithdrawals {
  constructor(private readonly database: DataSource) {}

  list(): Promise<Withdrawal[]> {
    return this.database.query(LIST);
  }

  async revision(): Promise<string> {
    const [row] = await this.database.query<{ revision: string }[]>(REVISION);
    return row?.revision ?? '';
  }

  /** @param isAllowed judges what else is withdrawn, while nobody changes it @returns false when it does not allow it */
  add(
    { target, place, cause }: Omit<Withdrawal, 'since'>,
    isAllowed: (others: readonly Withdrawal[]) => boolean,
  ): Promise<boolean> {
    return this.database.transaction(async (db) => {
      await db.query(ONE_AT_A_TIME);
      if (!isAllowed(await db.query<Withdrawal[]>(LIST))) return false;
      await db.query(ADD, [target, place, cause]);
      return true;
    });
  }

  async remove(target: string, cause: string): Promise<void> {
    await this.database.query(REMOVE, [target, cause]);
  }
}

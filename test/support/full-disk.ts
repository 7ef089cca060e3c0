import { Client } from 'pg';
import { asSuperuser } from './audit';

/** What PostgreSQL says when a table cannot grow, said by PostgreSQL itself on every insert into these tables. */
export class FullDisk {
  constructor(
    private readonly url: string,
    private readonly tables: readonly string[],
  ) {}

  async fill(): Promise<void> {
    await this.run([
      `create or replace function no_room() returns trigger language plpgsql as $$
       begin raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`,
      ...this.tables.map(
        (table) =>
          `create or replace trigger no_room before insert on ${table} for each row execute function no_room()`,
      ),
    ]);
  }

  async empty(): Promise<void> {
    // the triggers stay: nothing of the log may be dropped, not even by a superuser
    await this.run([
      'create or replace function no_room() returns trigger language plpgsql as $$ begin return new; end $$',
    ]);
  }

  private async run(statements: readonly string[]): Promise<void> {
    const client = new Client(asSuperuser(this.url));
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

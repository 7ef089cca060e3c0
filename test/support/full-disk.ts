import { Client } from 'pg';

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
        (table) => `create trigger no_room before insert on ${table} for each row execute function no_room()`,
      ),
    ]);
  }

  async empty(): Promise<void> {
    await this.run(this.tables.map((table) => `drop trigger if exists no_room on ${table}`));
  }

  private async run(statements: readonly string[]): Promise<void> {
    const client = new Client(this.url);
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

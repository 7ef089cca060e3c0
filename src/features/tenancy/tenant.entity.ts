import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An organisation or team: the owner of keys, and the wall between one's records and another's. */
@Entity('tenants')
// unique without regard to case: an index over an expression, which the migration keeps
@Index('tenants_name', { synchronize: false })
@Index('tenants_root', ['root'], { unique: true, where: 'root' })
export class Tenant {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'tenants_pkey' })
  id: string;

  @Column('text')
  name: string;

  /** The one tenant whose keys may act on every other. */
  @Column('boolean', { default: false })
  root: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** While set, no key of the tenant is accepted. */
  @Column('timestamptz', { name: 'disabled_at', nullable: true })
  disabledAt: Date | null;
}

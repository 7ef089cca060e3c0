import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, type Relation, Unique } from 'typeorm';
import type { Role } from '../../contract/caller';
import { Tenant } from './tenant.entity';

@Entity('api_keys')
@Unique('api_keys_hash', ['hash'])
@Index('api_keys_tenant_id', ['tenantId', 'id'])
export class ApiKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id: string;

  @Column('uuid', { name: 'tenant_id' })
  tenantId: string;

  @ManyToOne(() => Tenant)
  @JoinColumn({ name: 'tenant_id', foreignKeyConstraintName: 'api_keys_tenant' })
  tenant?: Relation<Tenant>;

  @Column('text')
  name: string;

  /** SHA-256 of the whole key. Never selected: looking up is all it is for. */
  @Column('bytea', { select: false })
  hash: Buffer;

  /** The first characters of the key, so that people can tell keys apart. */
  @Column('text')
  prefix: string;

  @Column('text', { array: true })
  roles: Role[];

  /** Names or `prefix*` patterns; empty means every model. */
  @Column('text', { array: true, default: '{}' })
  models: string[];

  @Column('integer', { nullable: true })
  rpm: number | null;

  @Column('integer', { nullable: true })
  tpm: number | null;

  @Column('integer', { nullable: true })
  concurrency: number | null;

  /** Made by the start of the gateway, which also replaces it; cleared when somebody revokes the key on purpose. */
  @Column('boolean', { default: false })
  bootstrap: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' })
  createdAt: Date;

  /** The key that made this one. */
  @Column('uuid', { name: 'created_by', nullable: true })
  createdBy: string | null;

  @Column('timestamptz', { name: 'expires_at', nullable: true })
  expiresAt: Date | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  /** It is not accepted for a while. */
  @Column('timestamptz', { name: 'suspended_at', nullable: true })
  suspendedAt: Date | null;

  /** What that was about: the id of an incident. */
  @Column('uuid', { name: 'suspended_by', nullable: true })
  suspendedBy: string | null;

  /** The day (UTC) it was last seen, as `YYYY-MM-DD`. */
  @Column('date', { name: 'last_used_on', nullable: true })
  lastUsedOn: string | null;
}

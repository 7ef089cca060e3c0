/** What the catalogue of the database says about how well the log is kept. */
export interface SecurityFacts {
  /** The role of DATABASE_URL. */
  readonly user: string;
  readonly superuser: boolean;
  /** It could make itself the owner of the log: it has CREATEROLE (before 16), or made the owner. */
  readonly couldOwn: boolean;
  /** It is the owner, or has the owner's rights. */
  readonly owns: boolean;
  /** undefined when there is no schema. */
  readonly version: number | undefined;
  /** Roles that do not exist, or that the application cannot become. */
  readonly missingRoles: readonly string[];
  /** Roles whose rights the application has without becoming them. */
  readonly inheritedRoles: readonly string[];
  /** Tables of evidence that do not exist. */
  readonly missingTables: readonly string[];
  /** `audit.headers_2026_11: refuse_rows is missing`, or `is not always enabled` */
  readonly unguarded: readonly string[];
  /** `writer may read audit.batches`, `app may write audit.tiles`, `PUBLIC may call …` */
  readonly excessiveRights: readonly string[];
  /** `audit.tiles belongs to app` */
  readonly foreignOwners: readonly string[];
  /** Settings of server and session that make a commit less than durable: `fsync is off` */
  readonly notDurable: readonly string[];
  /** A superuser's careless DDL is refused. */
  readonly ddlGuarded: boolean;
  /** Months after this one that have a partition. */
  readonly monthsAhead: number;
}

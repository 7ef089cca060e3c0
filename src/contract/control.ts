/** What becomes of each control when something the gateway depends on is away. Shown to operators, and proved by tests. */

/** `disk`: the room that PostgreSQL and the data folder have. `dns`: the names of providers. */
export const DEPENDENCIES = ['postgresql', 'redis', 'disk', 'dns', 'provider'] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

/** `open`: goes on without the control. `closed`: refuses. `degraded`: a weaker form of it runs. */
export type Behaviour = 'open' | 'closed' | 'degraded' | 'unaffected';

export interface Reaction {
  readonly behaviour: Behaviour;
  /** In one sentence, what somebody sees. Absent: nothing. */
  readonly does?: string;
}

/** Something that protects calls, or people who must answer for them. Declared beside the code that does it. */
export interface Control {
  /** Unique; `snake_case`. */
  readonly name: string;
  /** What it does on a good day. */
  readonly purpose: string;
  /** Why it does nothing in this release. */
  readonly absent?: string;
  readonly without: { readonly [D in Dependency]: Reaction };
}

export const open = (does: string): Reaction => ({ behaviour: 'open', does });
export const closed = (does: string): Reaction => ({ behaviour: 'closed', does });
export const degraded = (does: string): Reaction => ({ behaviour: 'degraded', does });
export const UNAFFECTED: Reaction = { behaviour: 'unaffected' };

/** Of a control that lives in the memory of each process and asks nobody. One that asks somebody lists every cell. */
export const IN_MEMORY = {
  postgresql: UNAFFECTED,
  redis: UNAFFECTED,
  disk: UNAFFECTED,
  dns: UNAFFECTED,
  provider: UNAFFECTED,
} as const satisfies Control['without'];

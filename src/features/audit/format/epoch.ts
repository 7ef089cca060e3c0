/** After a restore a log goes on under its name and the number of the epoch: `<name>#2`. */
export interface Epoch {
  readonly name: string;
  /** From 1. */
  readonly epoch: number;
}

export function parseOrigin(origin: string): Epoch {
  const found = /^(.+)#([2-9]|[1-9]\d{1,8})$/.exec(origin);
  return found ? { name: found[1] as string, epoch: Number(found[2]) } : { name: origin, epoch: 1 };
}

export function formatOrigin({ name, epoch }: Epoch): string {
  return epoch === 1 ? name : `${name}#${epoch}`;
}

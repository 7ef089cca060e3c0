import { stillAnswering } from './refusals';

/** How long a call may wait for another one: until its own deadline, and only while its caller is there. */
export class Patience {
  constructor(
    private readonly deadlineAt: number,
    private readonly signal: AbortSignal,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get over(): boolean {
    return this.signal.aborted || this.now() >= this.deadlineAt;
  }

  /** @throws GatewayError `idempotency_conflict` at the deadline; why the caller's signal was aborted */
  async within<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    let timer: NodeJS.Timeout | undefined;
    let leave: (() => void) | undefined;
    const end = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason as Error);
      timer = setTimeout(() => reject(stillAnswering()), Math.max(0, this.deadlineAt - this.now()));
      if (signal.aborted) leave();
      else signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([promise, end]);
    } finally {
      clearTimeout(timer);
      if (leave) signal.removeEventListener('abort', leave);
    }
  }
}

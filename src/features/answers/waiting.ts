import { GatewayError } from '../../contract/errors';

/** How long a call may wait for somebody else's answer: until its own deadline, and only while its caller is there. */
export class Waiting {
  /** @param deadlineAt on the monotonic clock */
  constructor(
    private readonly deadlineAt: number,
    private readonly signal: AbortSignal,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws GatewayError `deadline_exceeded`; why the signal was aborted */
  async within<T>(promise: Promise<T>): Promise<T> {
    const { signal } = this;
    signal.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    let leave: (() => void) | undefined;
    const end = new Promise<never>((_, reject) => {
      leave = () => reject(signal.reason as Error);
      timer = setTimeout(() => reject(tooLate()), Math.max(0, this.deadlineAt - this.now()));
      signal.addEventListener('abort', leave, { once: true });
    });
    try {
      return await Promise.race([promise, end]);
    } finally {
      clearTimeout(timer);
      if (leave) signal.removeEventListener('abort', leave);
    }
  }

  pause(ms: number): Promise<void> {
    return this.within(new Promise((resolve) => setTimeout(resolve, ms)));
  }
}

function tooLate(): GatewayError {
  return new GatewayError('deadline_exceeded', 'The call did not finish within its deadline');
}

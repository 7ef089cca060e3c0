import { Agent } from 'node:http';
import { type Aim, hostileRequest, type HostileRequest } from '../hostile-requests';
import { judge } from './judge';
import { Random } from './random';
import { HangError, send } from './send';

export interface Finding {
  readonly number: number;
  readonly problem: string;
  readonly request: HostileRequest;
}

export interface Barrage {
  /** How often each status was answered, and each error code. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly codes: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

const PARALLEL = 8;

/** Sends `count` hostile requests, eight at a time. Request number n is the same for the same seed, whatever the others do. */
export async function barrage(url: string, aim: Aim, count: number, seed: number): Promise<Barrage> {
  const statuses = new Map<string, number>();
  const codes = new Map<string, number>();
  const findings: Finding[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL });
  let next = 0;
  const sendOnAndOn = async (): Promise<void> => {
    while (next < count) {
      const number = next++;
      const request = hostileRequest(new Random(seed * 1_000_003 + number), aim);
      try {
        const answer = await send(url, request, agent);
        tally(statuses, String(answer.status || 'closed'));
        if (answer.status >= 300)
          tally(
            codes,
            /"code":"([a-z_]+)"/.exec(answer.text)?.[1] ?? /"error":\{"type":"([a-z_]+)"/.exec(answer.text)?.[1] ?? '-',
          );
        for (const problem of judge(request, answer)) findings.push({ number, problem, request });
      } catch (error) {
        if (!(error instanceof HangError)) throw error;
        findings.push({ number, problem: error.message, request });
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, sendOnAndOn));
  agent.destroy();
  return { statuses, codes, findings };
}

export function describeFinding({ number, problem, request }: Finding): string {
  const body = request.body?.toString().slice(0, 300) ?? '';
  return `#${number} ${request.method} ${request.target.slice(0, 120)} (${request.attack.slice(0, 200)}): ${problem}\n    ${body}`;
}

function tally(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

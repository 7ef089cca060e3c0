import { COLOURS, type Colour, type Each, otherThan } from '../../../contract/colour';
import { replaceFile } from '../replace-file';
import { askHaproxy } from './runtime-api';

/** What HAProxy says of a colour. */
export interface Lane {
  /** Of 100 new calls, where it is up. */
  readonly share: number;
  /** Whether its health checks pass. */
  readonly up: boolean;
  /** Calls and streams on it now. */
  readonly open: number;
  /** Answers since HAProxy started. */
  readonly answers: number;
  /** Answers of 5xx, and calls that could not be handed to it or were not answered, since HAProxy started. */
  readonly faults: number;
}

export interface BalancerPlace {
  /** Of the runtime API. */
  readonly runtime: string;
  readonly backend: string;
  readonly stateFile: string;
}

/** HAProxy, with a server for each colour. A share holds for new calls; what runs goes on where it is. */
export class Balancer {
  constructor(private readonly place: BalancerPlace) {}

  /** @throws when HAProxy does not answer, or has no such servers */
  async lanes(): Promise<Each<Lane>> {
    const rows = statRows(await this.ask('show stat'));
    const lane = (colour: Colour): Lane => {
      const row = rows.find(({ pxname, svname }) => pxname === this.place.backend && svname === colour);
      if (!row) throw new Error(`HAProxy has no server ${this.place.backend}/${colour}`);
      const count = (name: string) => Number(row[name] || 0);
      return {
        share: count('weight'),
        // a server without a share is called DRAIN, and is checked all the same
        up: /^(UP|DRAIN|no check)/.test(row['status'] ?? '') && !/DOWN/.test(row['check_status'] ?? ''),
        open: count('scur'),
        answers: count('hrsp_1xx') + count('hrsp_2xx') + count('hrsp_3xx') + count('hrsp_4xx') + count('hrsp_5xx'),
        faults: count('hrsp_5xx') + count('econ') + count('eresp'),
      };
    };
    return { blue: lane('blue'), green: lane('green') };
  }

  /** Gives a colour its share of new calls, in percent, and the other one the rest; kept for a HAProxy that starts again. */
  async give(colour: Colour, percent: number): Promise<void> {
    const shares = { [colour]: percent, [otherThan(colour)]: 100 - percent } as Record<Colour, number>;
    // the one that gains goes first: never are both at nothing
    const lanes = await this.lanes();
    const order = COLOURS.toSorted((a, b) => shares[b] - lanes[b].share - (shares[a] - lanes[a].share));
    for (const each of order) {
      const server = `${this.place.backend}/${each}`;
      await this.order(`set server ${server} state ready`);
      await this.order(`set server ${server} weight ${shares[each]}`);
    }
    replaceFile(this.place.stateFile, `${await this.ask('show servers state')}\n`, 0o644);
  }

  private ask(command: string): Promise<string> {
    return askHaproxy(this.place.runtime, command);
  }

  /** A command that says nothing when it is obeyed. */
  private async order(command: string): Promise<void> {
    const said = await this.ask(command);
    if (said) throw new Error(`HAProxy refuses "${command}": ${said.split('\n', 1)[0]}`);
  }
}

/** @param csv with its header, `# pxname,svname,…` */
function statRows(csv: string): Record<string, string>[] {
  const [head = '', ...lines] = csv.split('\n');
  const names = head.replace(/^# /, '').split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((value, i) => [names[i] ?? '', value])));
}

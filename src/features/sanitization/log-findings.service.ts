import { Injectable } from '@nestjs/common';
import { BlockList, isIPv6 } from 'node:net';
import { Scrubber, type TextFinding } from '../../platform/observability/scrubber';
import { ACTION_THRESHOLD, Scanner } from './scan';

/** As much as is scanned at once; and how much of it again with what follows, for what stands on the border. */
const PIECE = 16_000;
const OVERLAP = 500;

/** Addresses inside a network: they name machines of the operator, who needs them to find out what does not answer. */
const INSIDE = new BlockList();
for (const [net, prefix] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['0.0.0.0', 32],
] as const)
  INSIDE.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of [
  ['::1', 128],
  ['::', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  INSIDE.addSubnet(net, prefix, 'ipv6');

/** Tells the log what personal data looks like: whatever is found likely enough to act upon is not written. */
@Injectable()
export class LogFindings {
  private readonly scanner = new Scanner();

  constructor(scrubber: Scrubber) {
    scrubber.detectWith((text) => this.find(text));
  }

  private find(text: string): readonly TextFinding[] {
    const found: TextFinding[] = [];
    for (let from = 0; from === 0 || from + OVERLAP < text.length; from += PIECE - OVERLAP) {
      const piece = text.slice(from, from + PIECE);
      for (const { entity, start, end, confidence } of this.scanner.scan(piece))
        if (confidence >= ACTION_THRESHOLD && !(entity === 'IP_ADDRESS' && isInside(piece.slice(start, end))))
          found.push({ entity, start: from + start, end: from + end });
    }
    return found;
  }
}

function isInside(address: string): boolean {
  return INSIDE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

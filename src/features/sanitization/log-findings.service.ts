import { Injectable } from '@nestjs/common';
import { isPrivateHost } from '../../platform/config/private-host';
import { Scrubber, type TextFinding } from '../../platform/observability/scrubber';
import { ACTION_THRESHOLD, Scanner } from './scan';

/** As much as is scanned at once; and how much of it again with what follows, for what stands on the border. */
const PIECE = 16_000;
const OVERLAP = 500;

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
        // addresses of one's own network name machines, which operators need to find out what does not answer
        if (confidence >= ACTION_THRESHOLD && !(entity === 'IP_ADDRESS' && isPrivateHost(piece.slice(start, end))))
          found.push({ entity, start: from + start, end: from + end });
    }
    return found;
  }
}

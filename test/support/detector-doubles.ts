import type { Finding } from '../../src/features/sanitization/finding';
import { DetectorUnavailable, InjectionDetector } from '../../src/features/sanitization/injection';
import { DetectorUnavailable as SidecarUnavailable } from '../../src/features/sanitization/sidecar/detector-unavailable';
import { EntityDetector } from '../../src/features/sanitization/sidecar/entity-detector';

/** Knows one name; or is away. */
export class Names extends EntityDetector {
  constructor(private readonly away = false) {
    super();
  }

  override async detect(text: string): Promise<readonly Finding[]> {
    if (this.away) throw new SidecarUnavailable('late', 'not now');
    const start = text.indexOf('Ana Souza');
    return start < 0 ? [] : [{ entity: 'PERSON', start, end: start + 9, confidence: 0.85, validated: false }];
  }

  override async check(): Promise<boolean> {
    return !this.away;
  }

  override async close(): Promise<void> {}
}

/** Gives everything the same score; without one it is away. */
export class Classifier extends InjectionDetector {
  readonly name = 'model';
  asked: readonly string[] = [];

  constructor(private readonly score: number | undefined) {
    super();
  }

  override async classify(windows: readonly string[]): Promise<{ readonly score: number }> {
    this.asked = windows;
    if (this.score === undefined) throw new DetectorUnavailable('timeout', 'not now');
    return { score: this.score };
  }

  override async check(): Promise<boolean> {
    return this.score !== undefined;
  }

  override async close(): Promise<void> {}
}

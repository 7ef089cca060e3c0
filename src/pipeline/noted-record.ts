import type { CallFacts, CallRecord } from '../contract/call';

/** Remembers what was noted last, so that the facts of two times a provider was asked can be told as one. */
export class NotedRecord implements CallRecord {
  readonly noted: Partial<CallFacts> = {};

  constructor(private readonly record: CallRecord) {}

  note<K extends keyof CallFacts>(fact: K, value: CallFacts[K]): void {
    this.noted[fact] = value;
    this.record.note(fact, value);
  }

  keep(...sent: Parameters<CallRecord['keep']>): void {
    this.record.keep(...sent);
  }

  hear(...said: Parameters<CallRecord['hear']>): void {
    this.record.hear(...said);
  }

  polish(...mask: Parameters<CallRecord['polish']>): void {
    this.record.polish(...mask);
  }

  leave(): Promise<string | undefined> {
    return this.record.leave();
  }
}

import { AuditLog, type Draft, type Receipt } from '../../../src/features/audit/audit-log';
import { uuidv7 } from '../../../src/contract/ids';

/** Notes what would be appended. */
export class NotedLog extends AuditLog {
  readonly entries: (Draft['facts'] & { entry_id: string })[] = [];
  /** Called before entries count as durable. */
  before: () => void | Promise<void> = () => undefined;

  override async append(...drafts: readonly [Draft, ...Draft[]]): Promise<readonly Receipt[]> {
    await this.before();
    return drafts.map(({ facts }) => {
      const entryId = uuidv7();
      const index = this.entries.push({ ...facts, entry_id: entryId }) - 1;
      return { log: 'test', entryId, index };
    });
  }
  override enqueue(draft: Draft): void {
    this.entries.push({ ...draft.facts, entry_id: uuidv7() });
  }
  override trouble(): string | undefined {
    return undefined;
  }
}

import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../contract/caller';
import { GatewayError } from '../../../contract/errors';
import { isUuid } from '../../../contract/ids';
import { Evidence } from './evidence.service';
import { type Listed, type ListRequest, listed } from './page-request';
import { type AfterReview, ReviewsStore } from './reviews.store';
import { visibleTo } from './whose';

/** Every break-glass is looked back at, by somebody else. */
@Injectable()
export class Reviews {
  constructor(
    private readonly store: ReviewsStore,
    private readonly evidence: Evidence,
  ) {}

  async list(caller: Caller, page: ListRequest & { readonly open: boolean }): Promise<Listed<AfterReview>> {
    const found = listed(await this.store.list(visibleTo(caller), page, page.open), page.limit);
    await this.evidence.record(caller, 'audit.query', { metadata: { what: 'reviews', count: found.items.length } });
    return found;
  }

  /** @throws GatewayError `not_found`; `forbidden` for the one who broke the glass; `conflict` when it is closed */
  async close(caller: Caller, id: string, finding: string): Promise<AfterReview> {
    const closed = isUuid(id)
      ? await this.store.locked(id, visibleTo(caller), async (review, db) => {
          if (review.openedBy === caller.keyId)
            throw new GatewayError(
              'forbidden',
              'A second person must look back: this key is the one that broke the glass',
            );
          if (review.closedAt) throw new GatewayError('conflict', 'The review is closed');
          await this.evidence.record(caller, 'audit.review', {
            tenant: review.tenant,
            parent: review.breakGlassEntry,
            metadata: { review: id, entry: review.entry },
            payload: { finding },
          });
          return this.store.close(db, review, caller.keyId, finding);
        })
      : undefined;
    return closed ?? this.evidence.missed(caller, 'review');
  }
}

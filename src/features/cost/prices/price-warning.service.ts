import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { PriceBook } from './price-book';
import { unpriced } from './unpriced';

/** Says once, at start, which models would be called at a cost that nobody knows. */
@Injectable()
export class PriceWarning implements OnApplicationBootstrap {
  constructor(
    private readonly config: Config,
    private readonly book: PriceBook,
  ) {}

  onApplicationBootstrap(): void {
    const { models, providers } = this.config;
    const offered = Object.values(models.aliases)
      .flat()
      .filter((target) => providers.some(({ name }) => target.startsWith(`${name}/`)));
    const missing = unpriced(this.book, offered, Date.now());
    if (missing.length)
      new Logger('Prices').warn(`no price is known of ${missing.join(', ')}: what their calls cost will be unknown`);
  }
}

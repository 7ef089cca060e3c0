import { Injectable } from '@nestjs/common';
import { Config } from '../config/config';
import { EventBus } from '../events/event-bus';
import { Scrubber } from './scrubber';

/** Tells the scrubber of every secret of the configuration, and of each rotation. */
@Injectable()
export class SecretScrubbing {
  constructor(scrubber: Scrubber, config: Config, events: EventBus) {
    scrubber.follow(config);
    for (const name of ['secret.loaded', 'secret.rotated'] as const) events.on(name, () => scrubber.refresh());
  }
}

import type { Provider } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { AddressThrottlerGuard } from './address-throttler.guard';
import { ApiKeyGuard } from './api-key.guard';
import { KeyThrottlerGuard } from './key-throttler.guard';

/** The guards of every route, in the order in which they are asked. Need the modules of tenancy, limits and configuration. */
export const GUARDS: Provider[] = [
  { provide: APP_GUARD, useClass: AddressThrottlerGuard },
  { provide: APP_GUARD, useClass: ApiKeyGuard },
  { provide: APP_GUARD, useClass: KeyThrottlerGuard },
];

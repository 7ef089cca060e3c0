import { Module } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { ConfigModule } from '../../platform/config/config.module';
import { EventBus } from '../../platform/events/event-bus';
import { EventBusModule } from '../../platform/events/event-bus.module';
import { SelectionPolicies } from './selection-policies';
import { OutputHistory } from './sizing/output-history';

@Module({
  imports: [ConfigModule, EventBusModule],
  providers: [
    {
      provide: SelectionPolicies,
      inject: [Config],
      useFactory: ({ policies, inForce }: Config) => {
        const selection = new SelectionPolicies(policies.selection);
        inForce.onChange((now) => selection.take(now.policies.selection));
        return selection;
      },
    },
    {
      provide: OutputHistory,
      inject: [EventBus],
      useFactory: (events: EventBus) => {
        const history = new OutputHistory();
        events.on('call.finished', (call) => {
          if (!call.shadow) history.learn(call);
        });
        return history;
      },
    },
  ],
  exports: [SelectionPolicies, OutputHistory],
})
export class SelectionModule {}

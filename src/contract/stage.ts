import type { Call, Handler } from './call';

/**
 * One step of the pipeline.
 * It receives a call in state `In` and passes it on in state `Out`, so the compiler checks the order.
 */
export abstract class Stage<In extends Call, Out extends In> {
  abstract wrap(next: Handler<Out>): Handler<In>;
}

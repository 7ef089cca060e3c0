import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { type InputIssue, refusedInput } from '../../platform/validation/refused-input';

/** Checks what a route declares a schema for; the refusal names the first field at fault. */
@Injectable()
export class ValidPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues: readonly InputIssue[]) => refusedInput(issues) });
  }
}

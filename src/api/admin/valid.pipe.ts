import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { type InputIssue, refusedInput } from '../../platform/validation/refused-input';
import { unkeptField } from '../../platform/validation/unkept-field';

/** Checks what a route declares a schema for; the refusal names the first field at fault. */
@Injectable()
export class ValidPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues: readonly InputIssue[]) => refusedInput(issues) });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    const valid = await super.transform(value, metadata);
    const issue = unkeptField(value, valid);
    if (issue) throw refusedInput([issue]);
    return valid;
  }

  /** `constructor` and the like are for the schema to know or to refuse: what is taken out before it is ignored without a word. */
  protected override stripProtoKeys(): void {}
}

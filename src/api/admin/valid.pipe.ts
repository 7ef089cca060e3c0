import { Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import { GatewayError } from '../../contract/errors';
import { fieldName } from '../../dialects/fields';

/** What a schema library reports; `keys` names the fields that the schema does not know. */
interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[];
  readonly keys?: readonly string[];
}

/** Checks what a route declares a schema for; the refusal names the first field at fault. */
@Injectable()
export class ValidPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues: readonly Issue[]) => refusal(issues[0] ?? { message: 'is not valid' }) });
  }
}

function refusal({ message, path = [], keys }: Issue): GatewayError {
  const place = pathOf([...path, ...(keys?.slice(0, 1) ?? [])]);
  const problem = keys ? 'is not supported here' : message.replace(/^Invalid input: /, '');
  return new GatewayError('invalid_request', place ? `${place}: ${problem}` : problem, place ? { param: place } : {});
}

function pathOf(path: NonNullable<Issue['path']>): string {
  return path
    .map((part) => (typeof part === 'object' ? part.key : part))
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${fieldName(String(key))}`))
    .join('')
    .replace(/^\./, '');
}

import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOperation, ApiResponse } from '@nestjs/swagger';

/** Documents an inference route: the vendor's own reference says what the body may hold. */
export function DescribeCall(summary: string, example: Record<string, unknown>): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiBearerAuth(),
    ApiOperation({ summary }),
    ApiBody({ schema: { type: 'object', additionalProperties: true, example } }),
    ApiResponse({ status: 200, description: 'The answer in the same dialect' }),
    ApiResponse({ status: '4XX', description: 'What was wrong, in the dialect’s error shape' }),
    ApiResponse({ status: '5XX', description: 'What failed, in the dialect’s error shape' }),
  );
}

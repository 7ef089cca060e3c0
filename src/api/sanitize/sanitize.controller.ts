import { Body, Controller, Header, HttpCode, Post, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Preview } from '../../features/sanitization';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { SanitizeRequest, SanitizeView } from './sanitize-schema';

@ApiTags('policies')
@ApiBearerAuth()
@Controller('v1/sanitize')
@Allow('client', 'operator', 'auditor', 'admin')
@UsePipes(ValidPipe)
export class SanitizeController {
  constructor(private readonly preview: Preview) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What would be found in a text, and what a provider would see of it; nothing is kept' })
  @ApiOkResponse({ standardSchema: SanitizeView })
  show(
    @Req() request: CallerRequest,
    @Body({ schema: SanitizeRequest }) asked: SanitizeRequest,
  ): Promise<SanitizeView> {
    const { tenantId, tenantName } = callerOf(request);
    return this.preview.show({ id: tenantId, name: tenantName }, asked);
  }
}

import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { KeyChanges } from '../../features/audit';
import { NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { RotateBody, RotationList, rotationView, RotationView, signingView } from './rotation-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('admin')
@UsePipes(ValidPipe)
@Controller('v1/audit/keys')
export class AuditKeysController {
  constructor(private readonly changes: KeyChanges) {}

  @Post('rotate')
  @HttpCode(200)
  @ApiOperation({ summary: 'Renew keys of the log while it is in use; what was readable stays so' })
  @ApiOkResponse({ standardSchema: RotationView })
  async rotate(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Body({ schema: RotateBody }) { level, ...scope }: RotateBody,
  ) {
    const caller = callerOf(request);
    if (level === 'signing') return signingView(await this.changes.rotateSigning(caller));
    return rotationView(await this.changes.rotate(caller, { level, ...scope }));
  }

  @Get('rotations')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Rotations and how far they are, newest first' })
  @ApiOkResponse({ standardSchema: RotationList })
  async list(@Req() request: CallerRequest) {
    return { data: (await this.changes.progress(callerOf(request))).map(rotationView) };
  }
}

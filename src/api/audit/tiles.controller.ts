import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Tiles } from '../../features/audit';
import { Allow, callerOf, type CallerRequest } from '../guards';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor')
@Controller('v1/audit/tile')
export class TilesController {
  constructor(private readonly tiles: Tiles) {}

  @Get('*')
  @ApiOperation({ summary: 'Tiles of the tree, and of entries (C2SP tlog-tiles; root tenant only)' })
  @ApiProduces('application/octet-stream')
  async show(@Req() request: CallerRequest, @Param('*') path: string, @Res() reply: FastifyReply) {
    const { bytes, complete } = await this.tiles.read(callerOf(request), path);
    await reply
      .headers({
        'content-type': 'application/octet-stream',
        // a complete tile never changes
        'cache-control': complete ? 'private, max-age=31536000, immutable' : 'no-store',
      })
      .send(bytes);
  }
}

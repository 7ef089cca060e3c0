import { Controller, Get, Header, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Heads, Proofs } from '../../features/audit';
import { Allow, callerOf, type CallerRequest } from '../guards';

const TEXT = 'text/plain; charset=utf-8';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('client', 'auditor', 'operator', 'admin')
@Controller('v1/audit')
export class CheckpointController {
  constructor(
    private readonly heads: Heads,
    private readonly proofs: Proofs,
  ) {}

  @Get('checkpoint')
  @Allow('auditor', 'operator', 'admin')
  @Header('cache-control', 'no-store')
  @Header('content-type', TEXT)
  @ApiOperation({ summary: 'The newest signed head of the log (C2SP tlog-checkpoint)' })
  @ApiProduces('text/plain')
  checkpoint(): Promise<string> {
    return this.heads.checkpoint();
  }

  @Get('vkey')
  @Header('content-type', TEXT)
  @ApiOperation({ summary: 'The keys that verify the heads, newest first; compare them with what you were given' })
  @ApiProduces('text/plain')
  vkey(): string {
    return this.heads
      .vkeys()
      .map((vkey) => `${vkey}\n`)
      .join('');
  }

  @Get('proofs/:id')
  @Header('cache-control', 'no-store')
  @Header('content-type', TEXT)
  @ApiOperation({ summary: 'That an entry is in the log (C2SP tlog-proof); a client may ask for its own' })
  @ApiProduces('text/plain')
  proof(@Req() request: CallerRequest, @Param('id') id: string): Promise<string> {
    return this.proofs.file(callerOf(request), id);
  }
}

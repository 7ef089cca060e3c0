import { Body, Controller, Header, HttpCode, Post, Query, Req, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { SAMPLE_ALGORITHM, Samples } from '../../features/audit';
import { NoQuery } from '../admin/list-schema';
import { ValidPipe } from '../admin/valid.pipe';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { entryView } from './entry-views';
import { SampleBody, SampleView } from './sample-schema';

@ApiTags('audit')
@ApiBearerAuth()
@Allow('auditor')
@UsePipes(ValidPipe)
@Controller('v1/audit/samples')
export class SamplesController {
  constructor(private readonly samples: Samples) {}

  @Post()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Draw a random sample; the recorded seed and range draw the same one again' })
  @ApiOkResponse({ standardSchema: SampleView })
  async draw(
    @Req() request: CallerRequest,
    @Query({ schema: NoQuery }) _query: NoQuery,
    @Body({ schema: SampleBody }) { from, to, first, last, filters, size, seed }: SampleBody,
  ): Promise<z.output<typeof SampleView>> {
    const range = first !== undefined && last !== undefined ? { first, last } : undefined;
    const sample = await this.samples.draw(callerOf(request), { filter: { ...filters, from, to }, range, size, seed });
    return {
      seed: sample.seed,
      first: sample.first,
      last: sample.last,
      population: sample.population,
      size,
      algorithm: SAMPLE_ALGORITHM,
      recorded_as: sample.recordedAs,
      data: sample.entries.map(entryView),
    };
  }
}

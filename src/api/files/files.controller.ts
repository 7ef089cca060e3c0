import type { Readable } from 'node:stream';
import { Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiBearerAuth, ApiConsumes, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Caller } from '../../contract/caller';
import { GatewayError } from '../../contract/errors';
import { FILE_PREFIX, uuidOf } from '../../contract/public-ids';
import { Files, type StoredFile } from '../../features/files';
import { UploadPersons } from '../../jobs';
import { ValidPipe } from '../admin/valid.pipe';
import { intentOf } from '../door/caller-intent';
import { IterableReadable } from '../door/iterable-readable';
import { Allow, callerOf, type CallerRequest } from '../guards';
import { fileId, FilePage, FileQuery, fileView, FileView, termsOf } from './file-schema';
import { FormReader } from './form-reader.service';

/** OpenAI's Files: what its SDK sends and expects. A file belongs to a tenant. */
@ApiTags('files')
@ApiBearerAuth()
@UsePipes(ValidPipe)
@Controller('v1/files')
@Allow('client')
export class FilesController {
  constructor(
    private readonly files: Files,
    private readonly forms: FormReader,
    private readonly persons: UploadPersons,
  ) {}

  @Post()
  @HttpCode(200)
  @ApiConsumes('multipart/form-data')
  @ApiOperation({ summary: 'Hand in a file, for a batch or to be kept; sealed as it comes' })
  @ApiOkResponse({ standardSchema: FileView })
  async create(@Req() request: CallerRequest) {
    if (!isStream(request.body))
      throw new GatewayError('unsupported_media_type', 'A file must be sent with content-type: multipart/form-data');
    const owner = ownerOf(callerOf(request));
    const { user } = intentOf(request.headers, {}, undefined);
    const declared = Number(request.headers['content-length']);
    const reserve = declared > 0 ? declared : undefined;
    const { fields, file } = await this.forms.read(request.body, request.headers, (chunks) =>
      this.files.receive(owner, chunks, reserve === undefined ? {} : { reserve }),
    );
    if (!file) throw new GatewayError('invalid_request', 'file: is missing', { param: 'file' });
    try {
      const terms = termsOf(fields, file.name);
      await this.persons.note(file.taken, terms.purpose, user);
      return fileView(await this.files.finish(file.taken, terms));
    } catch (error) {
      await this.files.abandon(file.taken);
      throw error;
    }
  }

  @Get()
  @ApiOperation({ summary: 'List files' })
  @ApiOkResponse({ standardSchema: FilePage })
  async list(@Req() request: CallerRequest, @Query({ schema: FileQuery }) { after, ...query }: FileQuery) {
    const last = after === undefined ? undefined : uuidOf(FILE_PREFIX, after);
    if (after !== undefined && last === undefined)
      throw new GatewayError('invalid_request', 'after: must be the id of a file', { param: 'after' });
    const found = await this.files.list(callerOf(request).tenantId, { ...query, after: last });
    const data = found.slice(0, query.limit).map(fileView);
    const [first, end] = [data[0]?.id ?? null, data.at(-1)?.id ?? null];
    return { object: 'list', data, first_id: first, last_id: end, has_more: found.length > query.limit };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a file' })
  @ApiOkResponse({ standardSchema: FileView })
  async show(@Req() request: CallerRequest, @Param('id') id: string) {
    return fileView(await this.find(callerOf(request), id));
  }

  @Get(':id/content')
  @Header('cache-control', 'no-store')
  @ApiProduces('application/octet-stream')
  @ApiOperation({ summary: 'What is in a file' })
  async content(@Req() request: CallerRequest, @Param('id') id: string, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.find(callerOf(request), id);
    void reply.headers({ 'content-type': 'application/octet-stream', 'content-disposition': 'attachment' });
    await reply.send(new IterableReadable(this.files.content(file)));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Remove a file and what is in it' })
  async remove(@Req() request: CallerRequest, @Param('id') id: string) {
    const file = await this.find(callerOf(request), id);
    await this.files.remove(file.tenantId, file.id);
    return { id: fileId(file.id), object: 'file', deleted: true };
  }

  /** @throws GatewayError `not_found` also when it is somebody else's */
  private async find({ tenantId }: Caller, id: string): Promise<StoredFile> {
    const uuid = uuidOf(FILE_PREFIX, id);
    const file = uuid === undefined ? undefined : await this.files.find(tenantId, uuid);
    if (file) return file;
    throw new GatewayError('not_found', 'There is no such file', { param: 'id' });
  }
}

const ownerOf = ({ tenantId, keyId }: Caller) => ({ tenantId, keyId });

function isStream(body: unknown): body is Readable {
  return typeof (body as { pipe?: unknown } | undefined)?.pipe === 'function';
}

import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import cors from '@fastify/cors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { endOfTurn } from '../../contract/end-of-turn';
import { GatewayError } from '../../contract/errors';
import { KeyRing } from '../../features/tenancy';
import { uuidv7 } from '../../contract/ids';
import { parseBody } from '../../dialects/parse-body';
import type { Config } from '../../platform/config/config';
import { BootLogger } from '../../platform/observability/boot-logger.service';
import { processLogger } from '../../platform/observability/process-logger';
import { startLogger } from '../../platform/observability/start-logger';
import { requestIdOf } from '../door/caller-intent';
import { refuse } from '../filters/refuse';
import { translateException } from '../filters/translate-exception';
import { knownBeforeBody, RATE_HEADERS } from '../guards';
import { describeApi } from './describe-api';
import { nulIn } from './refuse-nul';
import { countOpenRequests } from './open-requests';
import { OperationsPort } from './operations-port';
import { protectRootKey } from './protect-root-key';
import { API_HEADERS, PAGE_HEADERS } from './protective-headers';
import { logRequests } from './request-log';
import { isUpgrade, takeUpgrades } from './upgrades';

export interface HttpApplication {
  readonly app: NestFastifyApplication;
  readonly operations: OperationsPort | undefined;
  /** How many requests are being answered now. */
  readonly openRequests: () => number;
}

const HEADERS_MS = 15_000;
const BODY_MS = 120_000;
const KEEP_ALIVE_MS = 72_000;
/** What a form may have around its file. */
const FORM_BYTES = 65_536;

/** The HTTP application, initialised but not listening. */
export async function createApp(module: Type, config: Config): Promise<HttpApplication> {
  const adapter = new FastifyAdapter({
    trustProxy: trustedProxies(config),
    bodyLimit: config.limits.bodyBytes,
    genReqId: (request: { headers: Record<string, string | string[] | undefined> }) =>
      requestIdOf(request.headers) ?? uuidv7(),
    requestTimeout: BODY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
    frameworkErrors: refuseUnrouted,
    http: { headersTimeout: HEADERS_MS, shouldUpgradeCallback: isUpgrade },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    bodyParser: false,
    logger: startLogger(processLogger(config.logLevel)),
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(BootLogger));
  const openRequests = countOpenRequests(app);
  await secure(app, config);
  readBodies(app, config);
  describeApi(app);
  await logRequests(app, config);
  const operations = config.opsPort === undefined ? undefined : new OperationsPort(app);
  await app.init();
  protectRootKey(app, config);
  await app.getHttpAdapter().getInstance().ready();
  takeUpgrades(app);
  return { app, operations, openRequests };
}

/** What the router turns away itself: neither Nest's filter nor a hook sees it. */
function refuseUnrouted(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  refuse(translateException(error), request, nameCall(request, reply).headers(API_HEADERS));
}

function nameCall(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.header('x-request-id', request.id);
  // Anthropic's SDKs look for this name
  if (request.url.startsWith('/v1/messages')) void reply.header('request-id', request.id);
  return reply;
}

/** A number means that many hops. */
function trustedProxies({
  server: { trustProxy },
}: Config): boolean | string | ((address: string, hop: number) => boolean) {
  return typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy;
}

async function secure(app: NestFastifyApplication, config: Config): Promise<void> {
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    nameCall(request, reply);
    void reply.headers(request.url.startsWith('/docs') ? PAGE_HEADERS : API_HEADERS);
    done(nulIn(request.url));
  });
  const origins = config.server.corsOrigins;
  if (!origins.length) return;
  await app.register(cors, {
    origin: [...origins],
    // an OPTIONS request that is no preflight would be refused in plain text
    strictPreflight: false,
    exposedHeaders: ['x-request-id', 'retry-after', ...RATE_HEADERS],
    maxAge: 600,
  });
}

function readBodies(app: NestFastifyApplication, { limits, files }: Config): void {
  const fastify = app.getHttpAdapter().getInstance();
  const ring = app.get(KeyRing, { strict: false });
  fastify.addHook(
    'preParsing',
    knownBeforeBody(
      (key) => ring.authenticate(key),
      (request) => (isUpload(request) ? files.bytes + FORM_BYTES : limits.bodyBytes),
    ),
  );
  fastify.removeAllContentTypeParsers();
  // an upload is read by its route, as it comes
  fastify.addContentTypeParser('multipart/form-data', (request, payload, done) => {
    if (isUpload(request)) done(null, payload);
    else done(new GatewayError('unsupported_media_type', 'The body must be sent with content-type: application/json'));
  });
  fastify.addContentTypeParser(
    /^application\/(json|[\w.+-]+\+json)/,
    { parseAs: 'buffer', bodyLimit: limits.bodyBytes },
    async (request: FastifyRequest, body: Buffer) => {
      await endOfTurn();
      // clients that label every request send a content type without a body; where one is needed, its route says so
      if (!body.length) return undefined;
      refuseEncoding(request.headers['content-encoding']);
      return parseBody(body, limits);
    },
  );
}

function isUpload({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'POST' && routeOptions.url === '/v1/files';
}

function refuseEncoding(encoding: string | undefined): void {
  if (encoding !== undefined && encoding !== 'identity')
    throw new GatewayError('unsupported_media_type', 'The body must be sent without content-encoding');
}

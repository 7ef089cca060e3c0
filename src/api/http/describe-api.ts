import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

/** OpenAPI at /docs and /docs/openapi.json, generated from the routes when somebody first asks for it. */
export function describeApi(app: NestFastifyApplication): void {
  const settings = new DocumentBuilder()
    .setTitle('Gatehouse')
    .setDescription('LLM gateway: inference in the dialects of OpenAI and Anthropic, governance and operations.')
    .setVersion('1')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'A Gatehouse API key (gh_…), also taken as x-api-key',
    })
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, settings), {
    jsonDocumentUrl: 'docs/openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
    customSiteTitle: 'Gatehouse API',
  });
}

import { type ListedModel, statusAt } from '../../features/models';

export function openaiModel({ id, provider, created }: ListedModel): object {
  return { id, object: 'model', created, owned_by: provider };
}

export function openaiList(models: readonly ListedModel[]): object {
  return { object: 'list', data: models.map(openaiModel) };
}

export function anthropicModel({ id, created, lifecycle }: ListedModel): object {
  return {
    type: 'model',
    id,
    display_name: id,
    created_at: new Date(created * 1_000).toISOString(),
    max_input_tokens: null,
    max_tokens: null,
    capabilities: null,
    line: null,
    lifecycle: statusAt(lifecycle, Date.now()),
    deprecated_at: iso(lifecycle?.deprecatedAt),
    retires_at: iso(lifecycle?.retiresAt),
  };
}

export function anthropicList(models: readonly ListedModel[]): object {
  return {
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}

function iso(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

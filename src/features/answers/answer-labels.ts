import type { RoutedCall } from '../../contract/call';
import type { KeyedHash } from '../../platform/secrets/keyed-hash';

/** What to purge: everything of a tenant, or what one of these has to do with. */
export interface PurgeRequest {
  readonly tenantId: string;
  readonly by?: {
    /** `key`: the API key whose call was answered, by its id. */
    readonly kind: 'user' | 'model' | 'tag' | 'key';
    readonly name: string;
  };
}
type Labelled = Pick<RoutedCall, 'caller' | 'request' | 'user' | 'tags'>;

/** What kept answers are found by to be purged: keyed pseudonyms, which tell nothing to whoever does not know the master key. */
export class AnswerLabels {
  constructor(private readonly hash: Pick<KeyedHash, 'digest'>) {}

  /** Of the answer of a model to a call. */
  of({ caller, request, user, tags = [] }: Labelled, provider: string, model: string): readonly string[] {
    const { tenantId, keyId } = caller;
    const labels = [
      this.label(tenantId, 'tenant'),
      this.label(tenantId, 'key', keyId),
      // a model is known by the name that was asked for as well
      this.label(tenantId, 'model', `${provider}/${model}`),
      this.label(tenantId, 'model', request.model),
      ...tags.map((tag) => this.label(tenantId, 'tag', tag)),
    ];
    return user === undefined ? labels : [...labels, this.label(tenantId, 'user', user)];
  }

  meant({ tenantId, by }: PurgeRequest): string {
    return by ? this.label(tenantId, by.kind, by.name) : this.label(tenantId, 'tenant');
  }

  /** 22 characters. */
  private label(tenantId: string, kind: string, name = ''): string {
    return this.hash.digest('answer label', tenantId, `${kind}\n${name}`).toString('base64url').slice(0, 22);
  }
}

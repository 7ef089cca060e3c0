import type { InjectionDetector } from './injection';
import type { EntityDetector } from './sidecar/entity-detector';

/** Which of the configured models that read calls answer. Injection token, too. */
export class DetectorHealth {
  constructor(
    private readonly entities: EntityDetector | undefined,
    private readonly injection: InjectionDetector | undefined,
  ) {}

  /** By what each is called in records; none that is not configured. Never throws. */
  async check(): Promise<Readonly<Record<string, boolean>>> {
    const [entities, injection] = await Promise.all([this.entities?.check(), this.injection?.check()]);
    return {
      ...(entities !== undefined && { sidecar: entities }),
      ...(this.injection && injection !== undefined && { [this.injection.name]: injection }),
    };
  }
}

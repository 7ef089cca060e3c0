import { FaultyServer, type Answer, type Asked } from './faulty-server';

/** A server of text classification as Hugging Face's are: whoever writes "attack" attacks. */
export class FakeClassifier extends FaultyServer {
  labels: readonly [attack: string, harmless: string] = ['INJECTION', 'SAFE'];
  /** What it answers whatever is asked. */
  fixed: unknown;

  protected override answer({ body }: Asked): Answer {
    if (this.fixed !== undefined) return [200, this.fixed];
    const { inputs } = JSON.parse(body.toString()) as { inputs: string[] };
    const [attack, harmless] = this.labels;
    return [
      200,
      inputs.map((text) => {
        const score = text.includes('attack') ? 0.97 : 0.02;
        return [
          { label: attack, score },
          { label: harmless, score: 1 - score },
        ];
      }),
    ];
  }
}

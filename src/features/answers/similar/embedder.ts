/** Turns texts into vectors that are near each other when the texts mean nearly the same. */
export abstract class Embedder {
  /** Unique to what makes the vectors: those of different names are never compared. `lexical` compares letters, not meaning. */
  abstract readonly name: string;
  /** Numbers in a vector; undefined until the first one was made, where that is the model's to say. */
  abstract readonly dimensions: number | undefined;

  /** A vector for each text, in their order. Any length but 0; callers normalise. @throws GatewayError when no model makes any */
  abstract embed(texts: readonly string[], signal: AbortSignal): Promise<readonly Float32Array[]>;
}

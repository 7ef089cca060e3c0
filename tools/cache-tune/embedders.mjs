import { LexicalEmbedder } from './similar-code.mjs';

const AT_A_TIME = 128;

/** The server gave no vectors; the message says which, and why. */
export class NoVectors extends Error {}

/** Vectors of a server that speaks OpenAI's /v1/embeddings: a provider, or a gateway. */
class ServedEmbedder {
  tokens = 0;

  /** @param url up to and with /v1  @param key sent as a bearer token, when there is one */
  constructor(url, model, key) {
    this.name = model;
    this.address = `${url.replace(/\/$/, '')}/embeddings`;
    this.headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  }

  async embed(texts) {
    const vectors = [];
    for (let from = 0; from < texts.length; from += AT_A_TIME) {
      const body = JSON.stringify({ model: this.name, input: texts.slice(from, from + AT_A_TIME) });
      const answer = await this.ask(body);
      if (!answer.ok) throw new NoVectors(`${this.address} answered ${answer.status}`);
      const { data, usage } = (await answer.json().catch(() => null)) ?? {};
      if (!Array.isArray(data)) throw new NoVectors(`${this.address} answered with something else than embeddings`);
      this.tokens += usage?.total_tokens ?? 0;
      for (const { index, embedding } of data) vectors[from + index] = Float32Array.from(embedding);
    }
    return vectors;
  }

  /** Once more when the connection broke: servers close those that were idle. */
  async ask(body) {
    const once = () => fetch(this.address, { method: 'POST', headers: this.headers, body });
    try {
      return await once().catch(once);
    } catch (error) {
      throw new NoVectors(`${this.address} cannot be reached: ${error.cause?.code ?? error.message}`);
    }
  }
}

/** An embedder that asks only once for each text. */
export class KnownVectors {
  vectors = new Map();

  constructor(embedder) {
    this.embedder = embedder;
    this.name = embedder.name;
  }

  async learn(texts) {
    const unknown = [...new Set(texts)].filter((text) => !this.vectors.has(text));
    const made = await this.embedder.embed(unknown);
    for (const [i, text] of unknown.entries()) this.vectors.set(text, made[i]);
  }

  async embed(texts) {
    await this.learn(texts);
    return texts.map((text) => this.vectors.get(text));
  }
}

/** @param served `{ url, model, key }`; letters are compared without */
export function embedderFor(served) {
  const embedder = served ? new ServedEmbedder(served.url, served.model, served.key) : new LexicalEmbedder();
  return new KnownVectors(embedder);
}

// One call with the official SDK, as an application makes it.

/**
 * @param client of the package `openai`
 * @returns milliseconds to the first text and to the end, tokens, dollars, the model that answered; `code` where it failed
 */
export async function ask(client, { model, prompt, maxTokens, stream, requestId }) {
  const started = performance.now();
  const since = () => performance.now() - started;
  const body = { model, messages: [{ role: 'user', content: prompt }], max_tokens: maxTokens };
  const options = { headers: { 'x-request-id': requestId, 'x-gatehouse-cache': 'no-store' } };
  try {
    if (!stream) {
      const { data, response } = await client.chat.completions.create(body, options).withResponse();
      const cost = response.headers.get('x-gatehouse-cost-usd');
      return { ...answered(response, data.usage), totalMs: since(), usd: cost === null ? undefined : Number(cost) };
    }
    const streamed = { ...body, stream: true, stream_options: { include_usage: true } };
    const { data, response } = await client.chat.completions.create(streamed, options).withResponse();
    let firstMs;
    let usage;
    for await (const chunk of data) {
      if (chunk.choices[0]?.delta?.content) firstMs ??= since();
      usage = chunk.usage ?? usage;
    }
    return { ...answered(response, usage), firstMs, totalMs: since() };
  } catch (error) {
    return { code: error.code ?? error.status ?? error.name };
  }
}

function answered(response, usage) {
  return {
    by: `${response.headers.get('x-gatehouse-provider')}/${response.headers.get('x-gatehouse-model')}`,
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  };
}

/** What a streamed call cost is known once it is over. @returns US dollars; undefined where nobody knows */
export async function costOf({ url, key }, requestId) {
  const answer = await fetch(`${url}/v1/requests/${requestId}`, { headers: { authorization: `Bearer ${key}` } });
  const { cost_usd: cost } = answer.ok ? await answer.json() : {};
  return cost === undefined || cost === null ? undefined : Number(cost);
}

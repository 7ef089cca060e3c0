/**
 * What the work gives, or an error when it takes longer: Redis is worth asking only while it is quick. A process that was busy itself first looks at
 * what has come meanwhile: its own delay is not taken for that of Redis.
 */
export function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): unknown => setImmediate(() => reject(new Error(`Redis did not answer within ${ms} ms`)));
    const timer = setTimeout(late, ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

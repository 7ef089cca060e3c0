/** What the work gives. @throws Error when it takes longer; it goes on */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => void (timer = setTimeout(() => reject(new Error('late')), ms)));
  return Promise.race([work, tooLate]).finally(() => clearTimeout(timer));
}

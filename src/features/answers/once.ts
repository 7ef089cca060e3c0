export async function* once<T>(item: T): AsyncGenerator<T> {
  yield item;
}

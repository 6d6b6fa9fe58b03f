/**
 * A stream in pieces of one size, the last one apart. Takes chunks as a pipe happens to give them. What zstd makes of a text depends
 * on where its chunks end: the same tar, read on a busy machine, would be another layer.
 */
export async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    waiting.push(chunk)
    length += chunk.length
    if (length < size) continue
    const whole = Buffer.concat(waiting)
    const rest = length % size
    for (let at = 0; at < length - rest; at += size) yield whole.subarray(at, at + size)
    waiting = rest === 0 ? [] : [whole.subarray(length - rest)]
    length = rest
  }
  if (length > 0) yield Buffer.concat(waiting)
}

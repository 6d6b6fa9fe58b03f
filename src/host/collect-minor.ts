/**
 * Each packet that is sent leaves two buffers of 32 KB behind, which lie outside of V8's heap: it does not know how much there is to be
 * had back, and lets a hundred megabytes of them gather. Takes how many bytes were sent; every few megabytes the young are collected,
 * which takes a millisecond.
 */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const every = 8 << 20

type Collect = (options: { readonly type: 'minor' }) => void

const findCollector = (): Collect => {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('gc')
  return typeof found === 'function' ? (found as Collect) : () => undefined
}

let collect: Collect | undefined
let sent = 0

export const collectMinor = (bytes: number): void => {
  sent += bytes
  if (sent < every) return
  sent = 0
  collect ??= findCollector()
  collect({ type: 'minor' })
}

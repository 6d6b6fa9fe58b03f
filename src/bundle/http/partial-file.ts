/**
 * A file that is not whole yet. Takes where the whole one will be; gives a value to append to, which begins with what an earlier
 * run left and knows its digest. Two runs at once never write to the same one.
 */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writingTo } from '../disk-space.ts'

export type PartialFile = {
  readonly size: () => number
  /** `sha256:…` of what there is. */
  readonly digest: () => string
  readonly append: (chunk: Uint8Array) => Promise<void>
  readonly restart: () => Promise<void>
  /** It is whole, and appears under its name. */
  readonly place: () => Promise<void>
  /** It stays for the next run. */
  readonly leave: () => Promise<void>
  readonly remove: () => Promise<void>
}

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** `.NAME.PID.part`: when that process has ended it is nobody's. */
const isAbandoned = (file: string, name: string): boolean => {
  if (!file.startsWith(`.${name}.`) || !file.endsWith('.part')) return false
  const pid = Number(file.slice(name.length + 2, -'.part'.length))
  return Number.isInteger(pid) && pid > 0 && !isRunning(pid)
}

const claim = async (target: string): Promise<string> => {
  const [folder, name] = [dirname(target), basename(target)]
  const ours = join(folder, `.${name}.${process.pid}.part`)
  for (const file of await readdir(folder)) {
    if (!isAbandoned(file, name)) continue
    const isOurs = await rename(join(folder, file), ours).then(
      () => true,
      // Another run was faster.
      () => false,
    )
    if (isOurs) break
  }
  return ours
}

export const openPartialFile = async (target: string): Promise<PartialFile> => {
  await writingTo(target, () => mkdir(dirname(target), { recursive: true }))
  const path = await claim(target)
  const file = await writingTo(target, () => open(path, 'a'))
  let hash = createHash('sha256')
  let size = 0
  const count = (chunk: Uint8Array): void => {
    hash.update(chunk)
    size += chunk.length
  }
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) count(chunk)
  return {
    size: () => size,
    digest: () => `sha256:${hash.copy().digest('hex')}`,
    append: async (chunk) => {
      await writingTo(target, () => file.writeFile(chunk))
      count(chunk)
    },
    restart: async () => {
      await file.truncate(0)
      hash = createHash('sha256')
      size = 0
    },
    place: async () => {
      await writingTo(target, () => file.sync())
      await file.close()
      await rename(path, target)
    },
    leave: () => file.close(),
    remove: async () => {
      await file.close()
      await rm(path, { force: true })
    },
  }
}

/** Step constructors: what phases say, without the fields that follow from others. */
import { createHash } from 'node:crypto'
import type { FileContent } from '../render/types.ts'
import type { AbsentStep, DirectoryStep, FileStep, ServiceStep } from './types.ts'

export const file = ({ path, mode, content, secret, staging }: FileContent): FileStep => ({
  kind: 'file',
  id: path,
  title: `write ${path}`,
  path,
  mode,
  content,
  ...(secret ? { secret } : {}),
  ...(staging === undefined ? {} : { staging }),
})

export const directory = (path: string, mode: number): DirectoryStep => ({
  kind: 'directory',
  id: path,
  title: `make ${path}`,
  path,
  mode,
})

export const absent = (path: string): AbsentStep => ({
  kind: 'absent',
  id: path,
  title: `remove ${path}`,
  path,
})

/** What a service was started with: when any of these differs from its last start, it is restarted. */
export const fingerprint = (parts: readonly string[]): string => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(String(part.length)).update(':').update(part)
  return hash.digest('hex').slice(0, 32)
}

export const service = (unit: string, startedWith: readonly string[], hint: string): ServiceStep => ({
  kind: 'service',
  id: unit,
  title: `start ${unit}`,
  unit,
  fingerprint: fingerprint(startedWith),
  hint,
})

/** Says it in a sentence when this machine's disk takes no more. Takes the file and what is to be written to it. */
import { dirname } from 'node:path'
import { exitCodes, UserError } from '../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left',
  EDQUOT: 'the quota is used up',
  EROFS: 'it is read-only',
  EACCES: 'it may not be written to',
}

export const writingTo = async <T>(path: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const reason = reasons[code]
    if (reason === undefined) throw cause
    throw new UserError(`cannot write ${path}: ${reason} (${dirname(path)})`, {
      hint: 'make room, or name another place (-o FILE; XDG_CACHE_HOME for the cache), and run this again: it goes on from here',
      exitCode: exitCodes.failed,
      cause,
    })
  }
}

/** Says it in a sentence when this machine's disk takes no more. Takes the path and what is to be written there. */
import { exitCodes, UserError } from '../errors.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'no space is left on that disk',
  EDQUOT: 'the quota is used up',
  EROFS: 'that disk is read-only',
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of that path is a file',
  EEXIST: 'a part of that path is a file',
}

export const writingTo = async <T>(path: string, write: () => Promise<T>): Promise<T> => {
  try {
    return await write()
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const reason = reasons[code]
    if (reason === undefined) throw cause
    throw new UserError(`cannot write ${path}: ${reason}`, {
      hint: 'make room, or name another place (-o FILE; XDG_CACHE_HOME for the cache), and run this again: it goes on from here',
      exitCode: exitCodes.failed,
      cause,
    })
  }
}

/** The user's own kubeconfigs, where kubectl looks for them (client-go, tools/clientcmd/config.go). Takes paths; reads and writes. */
import { mkdir, readFile, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { UserError } from '../errors.ts'
import { writePrivately } from './atomic-write.ts'

/** `text` is undefined where there is no such file. */
export type KubeconfigFile = { readonly path: string; readonly text: string | undefined }

/** All files that KUBECONFIG names, each once; without it, the one in the home directory. */
export const kubectlFiles = (kubeconfig: string | undefined, home: string): readonly string[] => {
  const named = (kubeconfig ?? '').split(delimiter).filter((path) => path !== '')
  return named.length > 0 ? [...new Set(named)] : [join(home, '.kube', 'config')]
}

/** To which of them kubectl adds: the first that is there, else the last. */
export const fileToAddTo = (files: readonly KubeconfigFile[]): number => {
  const found = files.findIndex(({ text }) => text !== undefined)
  return found === -1 ? files.length - 1 : found
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : ''

const unusable = (path: string, doing: string, cause: unknown): UserError =>
  new UserError(`cannot ${doing} the kubeconfig ${path}: ${codeOf(cause) || String(cause)}`, {
    cause,
    hint: 'look at whose it is and what may be done with it, or name another one',
  })

const readOne = async (path: string): Promise<KubeconfigFile> => {
  try {
    return { path, text: await readFile(path, 'utf8') }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { path, text: undefined }
    throw unusable(path, 'read', error)
  }
}

export const readKubeconfigFiles = (paths: readonly string[]): Promise<readonly KubeconfigFile[]> =>
  Promise.all(paths.map(readOne))

export const backupOf = (path: string): string => `${path}.slipway-backup`

/** A link stays one: what it points to is written. */
const behindLinks = (path: string): Promise<string> => realpath(path).catch(() => path)

const writing = async (path: string, write: (file: string) => Promise<void>): Promise<void> => {
  const file = await behindLinks(path)
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    await write(file)
  } catch (error) {
    throw error instanceof UserError ? error : unusable(path, 'write', error)
  }
}

/** Mode 0600, whole or not at all. */
export const writeKubeconfig = (path: string, text: string): Promise<void> =>
  writing(path, (file) => writePrivately(file, text))

/** The same, and what was there before stays beside it. */
export const replaceKubeconfig = (path: string, text: string): Promise<void> =>
  writing(path, async (file) => {
    const { text: before } = await readOne(file)
    if (before !== undefined) await writePrivately(backupOf(file), before)
    await writePrivately(file, text)
  })

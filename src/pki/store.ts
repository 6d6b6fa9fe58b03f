/**
 * The cluster's folder on this machine, which holds its authorities: `pki/` with kubeadm's file names. Takes a folder and maybe a
 * passphrase, with which keys are sealed; gives load and save. Nobody but the owner can read any of it, and git ignores it.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { writePrivately } from './atomic-write.ts'
import { type Authorities, authoritiesFrom, storedFiles } from './authorities.ts'
import { type Passphrase, passphraseOf, seal, unseal } from './seal.ts'

export type Store = {
  readonly folder: string
  /** undefined when nothing was saved yet. */
  readonly load: () => Promise<Authorities | undefined>
  readonly save: (authorities: Authorities) => Promise<void>
}

export const clusterFolder = (clusterFile: string, name: string): string =>
  join(dirname(resolve(clusterFile)), '.slipway', name)

const sealedEnding = '.sealed'
const isKey = (name: string): boolean => name.endsWith('.key')

const refuseReadableByOthers = async (path: string): Promise<void> => {
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  throw new UserError(`${path} can be read by others (mode ${(mode & 0o777).toString(8)})`, {
    hint: `it is the key to the cluster: if others use this machine, think of it as known; else: chmod 600 ${path}`,
  })
}

const readStored = async (
  path: string,
  name: string,
  passphrase: Passphrase | undefined,
): Promise<readonly [string, string]> => {
  const isSealed = name.endsWith(sealedEnding)
  const plainName = isSealed ? name.slice(0, -sealedEnding.length) : name
  if (isSealed || isKey(name)) await refuseReadableByOthers(path)
  const text = await readFile(path, 'utf8')
  if (!isSealed) return [plainName, text]
  if (passphrase === undefined) {
    throw new UserError(`${path} is sealed with a passphrase`, {
      hint: 'give the passphrase: --passphrase-file FILE',
    })
  }
  return [plainName, await unseal(text, plainName, passphrase)]
}

/** Names of the files below a folder; none when it does not exist. What a broken write left behind is passed over. */
const filesBelow = async (folder: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'))
      .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

const load = async (pki: string, passphrase: Passphrase | undefined): Promise<Authorities | undefined> => {
  const names = await filesBelow(pki)
  if (names.length === 0) return undefined
  const files = await Promise.all(names.map((name) => readStored(join(pki, name), name, passphrase)))
  const authorities = authoritiesFrom(Object.fromEntries(files))
  if (authorities) return authorities
  throw new UserError(`the files in ${pki} are not complete, or do not belong together`, {
    hint: `restore them from a backup; or move ${pki} away, and they are taken from the first control plane`,
  })
}

const writeAll = async (
  folder: string,
  authorities: Authorities,
  passphrase: Passphrase | undefined,
): Promise<void> => {
  for (const [name, text] of Object.entries(storedFiles(authorities))) {
    await mkdir(dirname(join(folder, name)), { recursive: true, mode: 0o700 })
    if (passphrase === undefined || !isKey(name)) {
      await writePrivately(join(folder, name), text)
      continue
    }
    await writePrivately(join(folder, `${name}${sealedEnding}`), await seal(text, name, passphrase))
  }
}

/** Where the files before are while others take their place: a folder cannot be renamed over one that is not empty. */
const before = '.pki-before'

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

/** Between the two renames of a save, and after one that was killed there, the files before are the ones that count. */
const standing = async (folder: string): Promise<string> => {
  const [pki, earlier] = [join(folder, 'pki'), join(folder, before)]
  return !(await exists(pki)) && (await exists(earlier)) ? earlier : pki
}

/** What a save that was killed has left. */
const settle = async (folder: string): Promise<void> => {
  const names = await readdir(folder).catch((): string[] => [])
  const begun = names.filter((name) => name.startsWith('.pki-') && name !== before)
  await Promise.all(begun.map((name) => rm(join(folder, name), { recursive: true, force: true })))
  if (!names.includes(before)) return
  if (names.includes('pki')) await rm(join(folder, before), { recursive: true, force: true })
  else await rename(join(folder, before), join(folder, 'pki'))
}

/** All of it appears at once, or stays as it was: half of a cluster's authorities are worse than none. */
const replace = async (
  folder: string,
  authorities: Authorities,
  passphrase: Passphrase | undefined,
): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  await settle(folder)
  await writePrivately(join(folder, '.gitignore'), '*\n')
  const pki = join(folder, 'pki')
  const beside = await mkdtemp(join(folder, '.pki-'))
  try {
    await writeAll(beside, authorities, passphrase)
    if (await exists(pki)) await rename(pki, join(folder, before))
    await rename(beside, pki)
    await rm(join(folder, before), { recursive: true, force: true })
  } finally {
    await rm(beside, { recursive: true, force: true })
  }
}

/** Whether its keys cannot be read without a passphrase. */
export const isSealed = async (folder: string): Promise<boolean> =>
  (await filesBelow(await standing(folder))).some((name) => name.endsWith(sealedEnding))

const save = async (
  folder: string,
  authorities: Authorities,
  passphrase: Passphrase | undefined,
): Promise<void> => {
  if (passphrase === undefined && (await isSealed(folder))) {
    throw new UserError(`the keys in ${folder} are sealed, and would be written as they are`, {
      hint: 'give the passphrase: --passphrase-file FILE',
    })
  }
  await replace(folder, authorities, passphrase)
}

const known = (passphrase: string | undefined): Passphrase | undefined =>
  passphrase === undefined ? undefined : passphraseOf(passphrase)

/**
 * The same authorities under another passphrase; `undefined` is none. Whatever kills it, they stand under the one or the other.
 * With nothing to change it still takes away what a killed one has left: that may be the keys as they were.
 */
export const reseal = async (
  folder: string,
  { from, to }: { readonly from: string | undefined; readonly to: string | undefined },
): Promise<void> => {
  const authorities = await load(await standing(folder), known(from))
  if (!authorities)
    throw new UserError(`there are no keys in ${folder} yet`, {
      hint: 'the first run makes them: slipway apply; with --passphrase-file FILE they are sealed from the start',
    })
  if (from === to) await settle(folder)
  else await replace(folder, authorities, known(to))
}

export const openStore = (folder: string, text?: string): Store => {
  const passphrase = known(text)
  return {
    folder,
    load: async () => load(await standing(folder), passphrase),
    save: (authorities) => save(folder, authorities, passphrase),
  }
}

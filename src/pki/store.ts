/**
 * The cluster's folder on this machine, beside the cluster file: CAs and the service account key, the kubeconfig, pinned host keys
 * and logs. 0700, its files 0600 from the first byte, and never in a repository. With a passphrase the keys are sealed.
 */
import { existsSync } from 'node:fs'
import { chmod, mkdir, open, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import { type Authorities, type AuthorityId, authorityRows } from './authorities.ts'
import { seal, unseal } from './seal.ts'

export type Store = {
  readonly folder: string
  readonly load: () => Promise<Authorities | undefined>
  readonly save: (authorities: Authorities) => Promise<void>
}

export const clusterFolder = (clusterFile: string, name: string): string =>
  join(dirname(resolve(clusterFile)), '.slipway', name)

const groupOrWorld = 0o077

export const writePrivate = async (path: string, content: string): Promise<void> => {
  const unfinished = `${path}.${process.pid}.part`
  const file = await open(unfinished, 'w', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(unfinished, path)
}

export const makePrivateFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
}

const readPrivate = async (path: string): Promise<string> => {
  const { mode } = await stat(path)
  if ((mode & groupOrWorld) !== 0)
    throw new UserError(`${path} can be read by others`, { hint: `chmod 600 ${path}` })
  return readFile(path, 'utf8')
}

const readKey = async (path: string, passphrase: string | undefined): Promise<string> => {
  if (!existsSync(`${path}.sealed`)) return readPrivate(path)
  if (passphrase === undefined)
    throw new UserError(`${path} is sealed`, {
      hint: 'give the passphrase in a file: --passphrase-file FILE',
    })
  return unseal(await readPrivate(`${path}.sealed`), passphrase, path)
}

const writeKey = (path: string, pem: string, passphrase: string | undefined): Promise<void> =>
  passphrase === undefined ? writePrivate(path, pem) : writePrivate(`${path}.sealed`, seal(pem, passphrase))

export const openStore = (folder: string, passphrase?: string): Store => {
  const pki = join(folder, 'pki')
  const authority = async (id: AuthorityId) => {
    const path = join(pki, authorityRows[id].file)
    return {
      certPem: await readFile(`${path}.crt`, 'utf8'),
      keyPem: await readKey(`${path}.key`, passphrase),
    }
  }
  return {
    folder,
    load: async () => {
      // sa.pub is written last: without it the store was never finished, and no host has seen anything of it.
      if (!existsSync(join(pki, 'sa.pub'))) return undefined
      const [ca, frontProxyCa, etcdCa] = [
        await authority('ca'),
        await authority('frontProxyCa'),
        await authority('etcdCa'),
      ]
      const privatePem = await readKey(join(pki, 'sa.key'), passphrase)
      return {
        ca,
        frontProxyCa,
        etcdCa,
        sa: { privatePem, publicPem: await readFile(join(pki, 'sa.pub'), 'utf8') },
      }
    },
    save: async (authorities) => {
      for (const each of [dirname(folder), folder, pki, join(pki, 'etcd')]) await makePrivateFolder(each)
      await writeFile(join(dirname(folder), '.gitignore'), '*\n')
      for (const [id, { file }] of Object.entries(authorityRows) as [AuthorityId, { file: string }][]) {
        await writeKey(join(pki, `${file}.key`), authorities[id].keyPem, passphrase)
        await writePrivate(join(pki, `${file}.crt`), authorities[id].certPem)
      }
      await writeKey(join(pki, 'sa.key'), authorities.sa.privatePem, passphrase)
      await writePrivate(join(pki, 'sa.pub'), authorities.sa.publicPem)
    },
  }
}

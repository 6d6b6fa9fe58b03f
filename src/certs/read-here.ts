/** The certificates of a cluster on this machine: its CAs and the administrator's kubeconfig. Takes the cluster's folder; reads no key. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errorMessage, UserError } from '../errors.ts'
import { authorityRows } from '../pki/table.ts'
import { readCertificates, readKubeconfigCertificates } from './places.ts'
import type { Found } from './types.ts'

/** What is missing here is no fault: it is made when it is needed. */
const readText = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new UserError(`cannot read ${path}: ${errorMessage(error)}`, {
      hint: 'the folder of a cluster is its owner’s alone: run this as whoever made the cluster',
      cause: error,
    })
  })

export const readCertificatesHere = async (folder: string): Promise<readonly Found[]> => {
  const authorities = authorityRows.map(async ({ file }) => {
    const path = join(folder, 'pki', `${file}.crt`)
    const text = await readText(path)
    return text === undefined ? [] : readCertificates({ kind: 'file', path }, text)
  })
  const kubeconfig = join(folder, 'kubeconfig')
  const text = await readText(kubeconfig)
  return [
    ...(await Promise.all(authorities)).flat(),
    ...(text === undefined ? [] : readKubeconfigCertificates(kubeconfig, text)),
  ]
}

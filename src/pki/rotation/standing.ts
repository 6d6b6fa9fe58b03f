/**
 * How far one host has got with one replacement, read from its files alone. Takes the generations and the host's files; gives which
 * generation each place trusts, and by which each is signed. Pure.
 */
import type { HostRole } from '../../config/schema.ts'
import { kubeletClientCertificate, kubeletConf, kubernetesDirectory, pkiDirectory } from '../../constants.ts'
import { isKeyPair, publicKeysIn } from '../keys.ts'
import { kubeconfigRows } from '../kubeconfig-table.ts'
import { certificatesIn, isIssuedBy } from '../read-certificate.ts'
import { readKubeconfig } from '../read-kubeconfig.ts'
import { authorityRows, certificateRows } from '../table.ts'
import type { Generations, RotatableId } from './generations.ts'

type Files = Readonly<Record<string, string>>

/** A place by its path, and the public halves it holds; of one that is signed, that of its signer, '' when it is nobody's of ours. */
export type Trusting = { readonly path: string; readonly trusts: readonly string[] }
export type Signed = { readonly path: string; readonly by: string }

export type Standing = { readonly trusting: readonly Trusting[]; readonly signed: readonly Signed[] }

/** What is in use of a host's: a file that is missing is in nobody's way, and is made when its turn comes. */
type Place = { readonly path: string; readonly text: string }

const present = (files: Files, paths: readonly string[]): readonly Place[] =>
  paths.flatMap((path) => (files[path] ? [{ path, text: files[path] }] : []))

const kubeconfigPaths = (role: HostRole): readonly string[] =>
  role === 'worker' ? [kubeletConf] : kubeconfigRows.map(({ file }) => `${kubernetesDirectory}/${file}`)

const signerOf = (certPem: string, all: Generations): string =>
  all.find(({ publicPem }) => isIssuedBy(certPem, publicPem))?.publicPem ?? ''

const tokenKeyStanding = (all: Generations, files: Files): Standing => ({
  trusting: present(files, [`${pkiDirectory}/sa.pub`]).map(({ path, text }) => ({
    path,
    trusts: publicKeysIn(text),
  })),
  signed: present(files, [`${pkiDirectory}/sa.key`]).map(({ path, text }) => ({
    path,
    by: all.find(({ publicPem }) => isKeyPair(text, publicPem))?.publicPem ?? '',
  })),
})

/** Kubeconfigs are the cluster CA's alone: whom they trust, and who signed the certificates in them or beside them. */
const kubeconfigStanding = (all: Generations, role: HostRole, files: Files): Standing => {
  const read = present(files, kubeconfigPaths(role)).flatMap(({ path, text }) => {
    const kubeconfig = readKubeconfig(text)
    return kubeconfig ? [{ path, ...kubeconfig }] : []
  })
  // A kubelet that renews its certificate uses that one, whatever its kubeconfig holds.
  const embedded = read.filter(
    ({ certPem, path }) => certPem !== '' && !(path === kubeletConf && files[kubeletClientCertificate]),
  )
  return {
    trusting: read.map(({ path, caPem }) => ({ path, trusts: certificatesIn(caPem) })),
    signed: [
      ...embedded.map(({ path, certPem }) => ({ path, by: signerOf(certPem, all) })),
      ...present(files, [kubeletClientCertificate]).map(({ path, text }) => ({
        path,
        by: signerOf(text, all),
      })),
    ],
  }
}

const authorityStanding = (id: Exclude<RotatableId, 'sa'>, all: Generations, files: Files): Standing => {
  const file = authorityRows.find((row) => row.id === id)?.file ?? id
  const leaves = certificateRows
    .filter(({ issuer }) => issuer === id)
    .map((row) => `${pkiDirectory}/${row.file}.crt`)
  return {
    trusting: present(files, [`${pkiDirectory}/${file}-bundle.crt`]).map(({ path, text }) => ({
      path,
      trusts: certificatesIn(text),
    })),
    signed: [
      ...present(files, [`${pkiDirectory}/${file}.crt`]).map(({ path, text }) => ({
        path,
        by: certificatesIn(text)[0] ?? '',
      })),
      ...present(files, leaves).map(({ path, text }) => ({ path, by: signerOf(text, all) })),
    ],
  }
}

export const standingOf = (id: RotatableId, all: Generations, role: HostRole, files: Files): Standing => {
  if (id === 'sa') return tokenKeyStanding(all, files)
  const own = authorityStanding(id, all, files)
  if (id !== 'ca') return own
  const clients = kubeconfigStanding(all, role, files)
  return {
    trusting: [...own.trusting, ...clients.trusting],
    signed: [...own.signed, ...clients.signed],
  }
}

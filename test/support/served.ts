/** What certificates a lab cluster uses: served, told by OpenSSL on the hosts themselves; in files; of kubelets. Takes a lab with one control plane, cp1. */
import { kubeletClientCertificate, pkiDirectory } from '../../src/constants.ts'
import type { Lab } from '../../src/lab/types.ts'
import { certificateRows } from '../../src/pki/table.ts'
import { findHost } from './lab.ts'
import { onHost } from './on-host.ts'

/** Fingerprints by where it is served. */
export type Served = Readonly<Record<string, string>>

const servedOn = async (lab: Lab, host: string, places: readonly string[]): Promise<Served> => {
  const script = `for at in ${places.join(' ')}; do
    printf '%s ' "$at"
    openssl s_client -connect "$at" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256
  done`
  const lines = (await onHost(lab, host, script)).trim().split('\n')
  return Object.fromEntries(lines.map((line) => [line.split(' ')[0] ?? '', line.split('=')[1] ?? '']))
}

const apiAndEtcd = [6443, 2379, 2380]

export const servedIn = async (lab: Lab): Promise<Served> => {
  const onEach = lab.hosts.map(({ name, address }) => {
    const own = name === 'cp1' ? apiAndEtcd.map((port) => `${address}:${port}`) : []
    const local = name === 'cp1' ? ['127.0.0.1:10257', '127.0.0.1:10259'] : []
    return servedOn(lab, name, [...own, `${address}:10250`, ...local])
  })
  return Object.assign({}, ...(await Promise.all(onEach)))
}

/** What a CA of the cluster has signed: the others sign for themselves, and nobody verifies them. */
export const signedPlaces = (lab: Lab): readonly string[] =>
  apiAndEtcd.map((port) => `${findHost(lab, 'cp1').address}:${port}`)

/** In the table's order. */
export const leafsOf = (lab: Lab): Promise<readonly string[]> =>
  Promise.all(certificateRows.map(({ file }) => onHost(lab, 'cp1', `cat ${pkiDirectory}/${file}.crt`)))

/** In the order of the hosts. */
export const kubeletSerials = (lab: Lab): Promise<readonly string[]> =>
  Promise.all(
    lab.hosts.map(({ name }) =>
      onHost(lab, name, `openssl x509 -noout -serial -in ${kubeletClientCertificate}`),
    ),
  )

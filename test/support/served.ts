/** What certificates a lab cluster uses: served, told by OpenSSL on the hosts themselves; in files; of kubelets. Takes a lab of cp1 and w1. */
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

export const servedIn = async (lab: Lab): Promise<Served> => {
  const [cp1, w1] = [findHost(lab, 'cp1').address, findHost(lab, 'w1').address]
  const ports = [6443, 2379, 2380, 10250].map((port) => `${cp1}:${port}`)
  return {
    ...(await servedOn(lab, 'cp1', [...ports, '127.0.0.1:10257', '127.0.0.1:10259'])),
    ...(await servedOn(lab, 'w1', [`${w1}:10250`])),
  }
}

/** In the table's order. */
export const leafsOf = (lab: Lab): Promise<readonly string[]> =>
  Promise.all(certificateRows.map(({ file }) => onHost(lab, 'cp1', `cat ${pkiDirectory}/${file}.crt`)))

export const kubeletSerials = (lab: Lab): Promise<readonly string[]> =>
  Promise.all(
    ['cp1', 'w1'].map((host) =>
      onHost(lab, host, `openssl x509 -noout -serial -in ${kubeletClientCertificate}`),
    ),
  )

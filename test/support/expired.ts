/**
 * A lab cluster whose every certificate has expired, as one that was off for a year and a day. Takes the lab; leaves it with the API
 * server refusing everybody and kubelets that do not start. The hosts share one clock with everything else, so it is the dates in the
 * certificates that are moved.
 */
import { dirname, join } from 'node:path'
import { checkIds } from '../../src/checks/index.ts'
import { loadCluster } from '../../src/config/load.ts'
import { kubeletClientCertificate, kubeletServingCertificate } from '../../src/constants.ts'
import type { Lab } from '../../src/lab/types.ts'
import { selfSignedAuthority, validityFor } from '../../src/pki/certificate.ts'
import { issueIdentity } from '../../src/pki/identity.ts'
import { generateKey, localSigner, privateKeyPem } from '../../src/pki/keys.ts'
import { newKubeletClient } from '../../src/pki/kubelet-client.ts'
import { clusterFolder, openStore } from '../../src/pki/store.ts'
import { onHost } from './on-host.ts'

const day = 86_400_000

type Placed = { readonly path: string; readonly content: string }

const expiredFiles = async (lab: Lab, then: Date): Promise<ReadonlyMap<string, readonly Placed[]>> => {
  const config = await loadCluster(lab.clusterFile, { checkIds: checkIds() })
  const authorities = await openStore(clusterFolder(lab.clusterFile, lab.name), undefined).load()
  if (!authorities) throw new Error('the lab has no cluster')
  const controlPlanes = config.hosts.filter(({ role }) => role === 'control-plane')
  const existing = new Map(controlPlanes.map(({ name }) => [name, {}]))
  const identity = await issueIdentity({ config, authorities, existing, now: then })
  const ofKubelet = async (host: (typeof config.hosts)[number]): Promise<readonly Placed[]> => {
    const client = await newKubeletClient({ config, authorities, host, existing: {}, now: then, renew: true })
    const key = await generateKey('ECDSA-P256')
    const served = await selfSignedAuthority(host.name, validityFor(then, 365 * 86_400), localSigner(key))
    return [
      { path: join(dirname(kubeletClientCertificate), client?.file ?? ''), content: client?.pem ?? '' },
      { path: kubeletServingCertificate, content: served },
      { path: kubeletServingCertificate.replace('.crt', '.key'), content: privateKeyPem(key) },
    ]
  }
  return new Map(
    await Promise.all(
      config.hosts.map(
        async (host) =>
          [host.name, [...(identity.get(host.name) ?? []), ...(await ofKubelet(host))]] as const,
      ),
    ),
  )
}

const placeOn = async (lab: Lab, host: string, files: readonly Placed[]): Promise<void> => {
  for (const { path, content } of files) await onHost(lab, host, `umask 077; cat >${path}`, content)
  const client = files.find(({ path }) => path.includes('kubelet-client-'))
  await onHost(lab, host, `ln -sfn ${client?.path} ${kubeletClientCertificate}`)
}

export const expireEverything = async (lab: Lab): Promise<void> => {
  const files = await expiredFiles(lab, new Date(Date.now() - 366 * day))
  for (const [host, ofHost] of files) {
    await onHost(lab, host, 'systemctl stop kubelet')
    await placeOn(lab, host, ofHost)
    // What runs goes on with what it has read: so did nobody whose machine was off.
    await onHost(
      lab,
      host,
      'crictl ps -q | xargs crictl stop --timeout 0 >/dev/null; systemctl stop containerd',
    )
  }
  for (const host of files.keys()) await onHost(lab, host, 'systemctl start kubelet || true')
}

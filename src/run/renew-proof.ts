/**
 * What shows that a host uses the certificates that it has been given: what it serves, whom it lets in, what its kubelet uses, who
 * leads. Takes the files that it should have; gives a condition to wait for. It is made for a run, since it holds keys.
 */
import { X509Certificate } from 'node:crypto'
import type { ApiClient } from '../api/client.ts'
import { readObject } from '../api/objects.ts'
import { apiServerPort, kubernetesDirectory, pkiDirectory } from '../constants.ts'
import type { PemPair } from '../pki/issue.ts'
import { readKubeconfig } from '../pki/read-kubeconfig.ts'
import type { Watched } from './conditions/types.ts'
import {
  apiServerLetsIn,
  apiServerLetsInProxy,
  etcdClientPort,
  etcdLetsIn,
  kubeletLetsIn,
  kubeletPort,
  type Verdict,
} from './lets-in.ts'
import { type Doubt, kubeletDoubt, metBy, type Proven } from './rotate-proof.ts'
import { servedCertificate } from './served-certificate.ts'

export type Given = {
  /** By path: what stands on the host at the end of the run. */
  readonly files: Readonly<Record<string, string>>
  /** The certificate that its kubelet should use. */
  readonly kubelet: string | undefined
  /** The one that its kubelet should not serve any more. */
  readonly notServed: string | undefined
}

const etcdPeerPort = 2380

const served: readonly { readonly port: number; readonly file: string }[] = [
  { port: apiServerPort, file: 'apiserver' },
  { port: etcdClientPort, file: 'etcd/server' },
  { port: etcdPeerPort, file: 'etcd/peer' },
]

const isSame = (a: string, b: string): boolean =>
  new X509Certificate(a).fingerprint256 === new X509Certificate(b).fingerprint256

const servedBy = ({ host, config }: Proven, port: number) =>
  servedCertificate(() => host.connect(config.address, port), config.name)

const servedDoubts = (asked: Proven, { files }: Given): readonly Promise<Doubt>[] =>
  served.map(async ({ port, file }) => {
    const seen = await servedBy(asked, port)
    if (seen.kind === 'nothing') return `port ${port} serves nothing: ${seen.why}`
    return isSame(seen.pem, files[`${pkiDirectory}/${file}.crt`] ?? '')
      ? undefined
      : `port ${port} does not serve ${file}.crt yet`
  })

type Way = (asked: Proven, client: PemPair) => Promise<Verdict>

/** Each client's certificate, where it is used. */
const ways: readonly { readonly file: string; readonly letsIn: Way }[] = [
  { file: 'apiserver-kubelet-client', letsIn: kubeletLetsIn },
  { file: 'apiserver-etcd-client', letsIn: etcdLetsIn },
  { file: 'etcd/healthcheck-client', letsIn: etcdLetsIn },
  { file: 'front-proxy-client', letsIn: apiServerLetsInProxy },
  { file: 'admin.conf', letsIn: apiServerLetsIn },
  { file: 'controller-manager.conf', letsIn: apiServerLetsIn },
  { file: 'scheduler.conf', letsIn: apiServerLetsIn },
]

const pairOf = (file: string, files: Given['files']): PemPair => {
  const none = { certPem: '', keyPem: '' }
  if (file.endsWith('.conf')) return readKubeconfig(files[`${kubernetesDirectory}/${file}`] ?? '') ?? none
  const path = `${pkiDirectory}/${file}`
  return { certPem: files[`${path}.crt`] ?? '', keyPem: files[`${path}.key`] ?? '' }
}

const clientDoubts = (asked: Proven, { files }: Given): readonly Promise<Doubt>[] =>
  ways.map(async ({ file, letsIn }) => {
    const verdict = await letsIn(asked, pairOf(file, files))
    return verdict === 'accepted' ? undefined : `who comes with ${file}: ${verdict}`
  })

const servingDoubt = async (asked: Proven, before: string): Promise<Doubt> => {
  const seen = await servedBy(asked, kubeletPort)
  if (seen.kind === 'nothing') return `the kubelet serves nothing: ${seen.why}`
  return isSame(seen.pem, before) ? 'the kubelet still serves its certificate of before' : undefined
}

const leaders = ['kube-controller-manager', 'kube-scheduler'] as const

const renewTimeOf = async (api: ApiClient, name: string): Promise<string> => {
  const ref = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: 'kube-system', name },
  }
  const lease = (await readObject(api, ref))?.['spec'] as { readonly renewTime?: string } | undefined
  return lease?.renewTime ?? ''
}

/** Who leads says so every two seconds. A lease alone is no sign of life: it names its last holder for as long as nobody else is one. */
const leaderDoubts = (first: Map<string, string>, { api }: Proven): readonly Promise<Doubt>[] =>
  leaders.map(async (name) => {
    const renewed = await renewTimeOf(await api(), name)
    const before = first.get(name) ?? renewed
    first.set(name, before)
    return renewed === before ? `no ${name} leads yet` : undefined
  })

export type ProofInput = {
  readonly proven: (host: string, api: () => Promise<ApiClient>) => Proven
  readonly given: (host: string) => Given
}

export const proofOfUse = ({ proven, given }: ProofInput): Watched => {
  const firstSeen = new Map<string, Map<string, string>>()
  return {
    id: 'certs-proof',
    look: async (api, { host = '' }) => {
      const asked = proven(host, api)
      const { kubelet, notServed } = given(host)
      const leases = firstSeen.get(host) ?? new Map<string, string>()
      firstSeen.set(host, leases)
      return metBy([
        ...(asked.config.role === 'control-plane'
          ? [
              ...servedDoubts(asked, given(host)),
              ...clientDoubts(asked, given(host)),
              ...leaderDoubts(leases, asked),
            ]
          : []),
        ...(kubelet === undefined ? [] : [kubeletDoubt(asked, kubelet)]),
        ...(notServed === undefined ? [] : [servingDoubt(asked, notServed)]),
      ])
    },
    hint: 'run the same command again: it begins with what is missing; on that host `crictl ps -a` and `journalctl -u kubelet -n 50` say what does not start',
  }
}

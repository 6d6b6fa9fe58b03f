/**
 * What shows that a stage of a rotation is what it should be, host by host: whom it lets in, what it serves, what its kubelet uses.
 * Takes what is being replaced and the hosts; gives conditions to wait for. They are made for a run, since they hold keys.
 */
import type { ApiClient } from '../api/client.ts'
import { apiServerPort } from '../constants.ts'
import type { HostFacts } from '../facts/types.ts'
import { isIssuedBy } from '../pki/read-certificate.ts'
import type { Generation, RotatableId } from '../pki/rotation/generations.ts'
import { signerOfToken, tokenKeyId } from '../pki/token.ts'
import type { Sight, Watched } from './conditions/types.ts'
import { kubeletUses } from './kubelet-uses.ts'
import type { Asked, Verdict } from './lets-in.ts'
import { newToken, waysIn } from './rotate-accepts.ts'
import { servedCertificate } from './served-certificate.ts'

/** Of one CA or key, what has to hold at the end of a stage. */
export type Claim = {
  readonly id: RotatableId
  readonly accepted: readonly Generation[]
  readonly refused: readonly Generation[]
  /** The one that what is served, and what tokens are signed with, is of. */
  readonly serving?: Generation
}

export type Proven = Asked & { readonly facts: HostFacts }

/** What is not as it should be; undefined where nothing is wrong. */
export type Doubt = string | undefined

export const metBy = async (doubts: readonly Promise<Doubt>[]): Promise<Sight> => {
  const seen = (await Promise.all(doubts)).flatMap((doubt) => doubt ?? [])
  return seen.length === 0 ? { met: true } : { met: false, seen: seen.join('; ') }
}

const wayDoubts = (asked: Proven, { id, accepted, refused }: Claim): readonly Promise<Doubt>[] => {
  const expect = async (
    one: Generation,
    wanted: Verdict,
    way: ReturnType<typeof waysIn>[number],
  ): Promise<Doubt> => {
    const verdict = await way.ask(asked, one)
    return verdict === wanted
      ? undefined
      : `${way.to}: ${verdict}, where it should be ${wanted} (${names[id]})`
  }
  return waysIn(id, asked.config.role).flatMap((way) => [
    ...accepted.filter(hasKey).map((one) => expect(one, 'accepted', way)),
    ...refused.filter(hasKey).map((one) => expect(one, 'refused', way)),
  ])
}

/** A generation whose key was lost can sign nothing more to try it with. */
const hasKey = ({ privatePem }: Generation): boolean => privatePem !== undefined

export const names: Readonly<Record<RotatableId, string>> = {
  ca: 'the CA',
  etcdCa: "etcd's CA",
  frontProxyCa: "the front proxy's CA",
  sa: 'the service account key',
}

const servedDoubt = async ({ host, config }: Proven, port: number, one: Generation): Promise<Doubt> => {
  const served = await servedCertificate(() => host.connect(config.address, port), config.name)
  if (served.kind === 'nothing') return `port ${port} serves nothing`
  return isIssuedBy(served.pem, one.publicPem) ? undefined : `what port ${port} serves is of another CA`
}

/** 2379 for clients, 2380 for the other members. */
const servedPorts: Readonly<Record<RotatableId, readonly number[]>> = {
  ca: [apiServerPort],
  etcdCa: [2379, 2380],
  frontProxyCa: [],
  sa: [],
}

export const kubeletDoubt = async ({ config, facts, api }: Proven, certPem: string): Promise<Doubt> => {
  const metrics = await (await api()).text(`/api/v1/nodes/${config.name}/proxy/metrics`)
  const offsetSeconds = facts.clock.host - facts.clock.workstation
  return kubeletUses(metrics, certPem, { offsetSeconds, now: Date.now() })
    ? undefined
    : 'the kubelet does not use its new certificate yet'
}

const tokenDoubt = async (api: () => Promise<ApiClient>, one: Generation): Promise<Doubt> =>
  signerOfToken(await newToken(await api())) === tokenKeyId(one.publicPem)
    ? undefined
    : 'tokens are signed with another key'

const servingDoubts = (
  asked: Proven,
  { id, serving }: Claim,
  kubelet: string | undefined,
): readonly Promise<Doubt>[] => {
  if (!serving) return []
  const isControlPlane = asked.config.role === 'control-plane'
  return [
    ...(isControlPlane ? servedPorts[id].map((port) => servedDoubt(asked, port, serving)) : []),
    ...(isControlPlane && id === 'sa' ? [tokenDoubt(asked.api, serving)] : []),
    ...(id === 'ca' && kubelet !== undefined ? [kubeletDoubt(asked, kubelet)] : []),
  ]
}

export type ProofInput = {
  readonly claims: readonly Claim[]
  readonly proven: (host: string, api: () => Promise<ApiClient>) => Proven
  /** The certificate that a host's kubelet should use. */
  readonly kubelet: (host: string) => string | undefined
}

export const proofs = ({ claims, proven, kubelet }: ProofInput): Watched => ({
  id: 'ca-proof',
  look: async (api, { host = '' }) => {
    const asked = proven(host, api)
    return metBy(
      claims.flatMap((claim) => [...wayDoubts(asked, claim), ...servingDoubts(asked, claim, kubelet(host))]),
    )
  },
  hint: 'nothing that worked was taken away: run the same command again; on that host `crictl ps -a` and `journalctl -u kubelet -n 50` say what does not start',
})

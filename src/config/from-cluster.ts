/**
 * A cluster as it describes itself, for a host that joins without a cluster file. Takes the texts of kubeadm's ConfigMaps and what
 * this host is to be; gives a ClusterConfig with one host in it. Pure.
 */
import { parse } from 'yaml'
import { z } from 'zod'
import { UserError } from '../errors.ts'
import { type ClusterConfig, clusterSchema } from './schema.ts'

export type ClusterTexts = {
  /** `ClusterConfiguration` of the ConfigMap kubeadm-config. */
  readonly cluster: string
  /** `kubelet` of the ConfigMap kubelet-config. */
  readonly kubelet: string
  /** The name in the cluster file, where Slipway made the cluster. */
  readonly name: string | undefined
}

export type JoiningNode = {
  readonly name: string
  readonly address: string
  readonly endpoint: { readonly host: string; readonly port: number }
}

const clusterShape = z.object({
  clusterName: z.string().default('kubernetes'),
  kubernetesVersion: z.string(),
  networking: z
    .object({
      dnsDomain: z.string().optional(),
      podSubnet: z.string().optional(),
      serviceSubnet: z.string().optional(),
    })
    .default({}),
})

const kubeletShape = z.looseObject({
  failSwapOn: z.boolean().optional(),
  authentication: z.looseObject({ x509: z.unknown() }).optional(),
})

/** What is one host's alone is this host's to say: where its runtime and its resolver are, and which file holds the CA. */
const sharedBy = (text: string): Readonly<Record<string, unknown>> => {
  const {
    authentication,
    containerRuntimeEndpoint: _,
    resolvConf: __,
    ...shared
  } = kubeletShape.parse(parse(text))
  const { x509: ___, ...others } = authentication ?? { x509: undefined }
  return { ...shared, authentication: others }
}

/** Of a dual-stack pair the first: the family that nodes register with. */
const first = (subnets: string | undefined): string | undefined => subnets?.split(',')[0]

/** Slipway tells kubelets to ask for certificates wherever somebody signs them; where nobody does, a host would wait for ever. */
const refuseWhereNobodySigns = (
  name: string | undefined,
  kubelet: Readonly<Record<string, unknown>>,
): void => {
  if (name === undefined || kubelet['rotateCertificates'] !== undefined) return
  throw new UserError(`no host joins the cluster ${name} by itself: nobody in it signs certificates`, {
    hint: 'where the cluster was made, add this host to its cluster file: slipway apply joins it',
  })
}

export const configOfCluster = (texts: ClusterTexts, node: JoiningNode): ClusterConfig => {
  try {
    const cluster = clusterShape.parse(parse(texts.cluster))
    const kubelet = sharedBy(texts.kubelet)
    refuseWhereNobodySigns(texts.name, kubelet)
    return clusterSchema.parse({
      apiVersion: 'slipway/v1',
      kind: 'Cluster',
      name: texts.name ?? cluster.clusterName,
      kubernetes: { version: cluster.kubernetesVersion },
      hosts: [{ name: node.name, address: node.address, role: 'worker' }],
      network: {
        podCIDR: first(cluster.networking.podSubnet),
        serviceCIDR: first(cluster.networking.serviceSubnet),
        dnsDomain: cluster.networking.dnsDomain,
      },
      controlPlane: { endpoint: node.endpoint },
      kubelet: { config: kubelet },
      hostPrep: { swap: kubelet['failSwapOn'] === false ? 'keep' : 'disable', hostsFile: false },
    })
  } catch (cause) {
    if (cause instanceof UserError) throw cause
    throw new UserError('this cluster describes itself in a way that is not understood', {
      cause,
      hint: `see ConfigMaps kubeadm-config and kubelet-config in kube-system: ${problem(cause)}`,
      exitCode: 1,
    })
  }
}

const problem = (cause: unknown): string =>
  cause instanceof z.ZodError
    ? cause.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')
    : String(cause)

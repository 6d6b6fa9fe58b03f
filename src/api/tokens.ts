/** Bootstrap tokens as kubeadm has them (kubeadm.md 1.6): six characters, a dot, sixteen characters; a Secret in kube-system. */
import { randomInt } from 'node:crypto'
import type { ApiClient } from './client.ts'
import type { KubeObject, ObjectRef } from './types.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const random = (length: number): string =>
  Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('')

export const tokenPattern = /^([a-z0-9]{6})\.([a-z0-9]{16})$/

export const newToken = (): string => `${random(6)}.${random(16)}`

export const tokenId = (token: string): string => token.slice(0, 6)

/** The group that kubeadm's RBAC is for; a real `kubeadm join` needs it. */
export const defaultTokenGroup = 'system:bootstrappers:kubeadm:default-node-token'

export const tokenSecretRef = (idOrToken: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: `bootstrap-token-${tokenId(idOrToken)}`, namespace: 'kube-system' },
})

export const tokenUsages = ['signing', 'authentication'] as const
export type TokenUsage = (typeof tokenUsages)[number]

/** Kubernetes' BootstrapGroupPattern (k8s.io/cluster-bootstrap, token/api): the API server takes no other. */
export const tokenGroupPattern = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/

export type TokenSettings = {
  /** RFC 3339, UTC, whole seconds; undefined never expires. */
  readonly expires: string | undefined
  readonly description?: string | undefined
  readonly usages?: readonly TokenUsage[] | undefined
  readonly groups?: readonly string[] | undefined
}

export const bootstrapTokenSecret = (options: TokenSettings & { readonly token: string }): KubeObject => {
  const { token, expires, description, usages = tokenUsages, groups = [defaultTokenGroup] } = options
  const [id = '', secret = ''] = token.split('.')
  return {
    ...tokenSecretRef(id),
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    stringData: {
      'token-id': id,
      'token-secret': secret,
      ...(expires === undefined ? {} : { expiration: expires }),
      ...Object.fromEntries(usages.map((usage) => [`usage-bootstrap-${usage}`, 'true'])),
      'auth-extra-groups': groups.join(','),
      ...(description === undefined ? {} : { description }),
    },
  }
}

/** Of a token that the cluster has: all but its secret half. */
export type StandingToken = TokenSettings & {
  readonly id: string
  readonly created: string | undefined
  readonly usages: readonly TokenUsage[]
  readonly groups: readonly string[]
}

type SecretObject = {
  readonly metadata: { readonly creationTimestamp?: string }
  readonly data?: Readonly<Record<string, string>>
}

const standingToken = ({ metadata, data = {} }: SecretObject): StandingToken => {
  const field = (name: string): string | undefined =>
    data[name] === undefined ? undefined : Buffer.from(data[name], 'base64').toString('utf8')
  return {
    id: field('token-id') ?? '',
    created: metadata.creationTimestamp,
    expires: field('expiration'),
    description: field('description'),
    usages: tokenUsages.filter((usage) => field(`usage-bootstrap-${usage}`) === 'true'),
    groups: (field('auth-extra-groups') ?? '').split(',').filter((group) => group !== ''),
  }
}

export const listTokens = async (api: ApiClient): Promise<readonly StandingToken[]> => {
  const query = '?fieldSelector=type%3Dbootstrap.kubernetes.io%2Ftoken'
  const path = `/api/v1/namespaces/kube-system/secrets${query}`
  const { items } = await api.request<{ readonly items: readonly SecretObject[] }>('GET', path)
  return items.map(standingToken)
}

/** Bootstrap tokens as kubeadm has them (kubeadm.md 1.6): six characters, a dot, sixteen characters; a Secret in kube-system. */
import { randomInt } from 'node:crypto'
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

export type TokenOptions = {
  readonly token: string
  /** RFC 3339, UTC, whole seconds; undefined never expires. */
  readonly expires: string | undefined
  readonly description?: string | undefined
  readonly usages?: readonly ('signing' | 'authentication')[]
  readonly groups?: readonly string[]
}

export const bootstrapTokenSecret = (options: TokenOptions): KubeObject => {
  const {
    token,
    expires,
    description,
    usages = ['signing', 'authentication'],
    groups = [defaultTokenGroup],
  } = options
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

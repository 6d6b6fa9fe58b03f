/** Where Slipway's certificates and kubeconfigs are not kubeadm's on purpose. What is not in here must be the same. */
export type Difference = {
  /** Matches `file: property`. */
  readonly where: RegExp
  /** What each has there; undefined where it has nothing of the kind. */
  readonly kubeadm: RegExp | undefined
  readonly slipway: RegExp | undefined
  readonly reason: string
}

export const pkiDifferences: readonly Difference[] = [
  {
    where: /: serial bytes$/,
    kubeadm: /^[1-8]$/,
    slipway: /^16$/,
    reason: '126 random bits instead of 63: many machines may sign for one cluster, and none asks another',
  },
  {
    where: /^pki\/(etcd\/|front-proxy-)?ca-bundle\.crt: /,
    kubeadm: undefined,
    slipway: /./s,
    reason: 'what is trusted is a file of its own, so that a CA can be replaced while the cluster runs',
  },
  {
    where: /^super-admin\.conf: /,
    kubeadm: /./s,
    slipway: undefined,
    reason: 'system:masters cannot be revoked: the one call that needs it uses a certificate kept in memory',
  },
]

/** Files that are somebody else's. Takes what was read; says whose it looks like, and what to do with it. */
import { type PathProblem, quoted } from './problems.ts'

export const foreignFile = (value: unknown): PathProblem | undefined => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return {
      path: [],
      what: 'the file holds no keys and values',
      hint: 'A cluster file starts with "apiVersion: slipway/v1".',
    }
  const { apiVersion, kind } = value as Readonly<Record<string, unknown>>
  if (typeof apiVersion !== 'string') return undefined
  if (apiVersion.startsWith('kubeadm.k8s.io/'))
    return {
      path: ['apiVersion'],
      what: "this is a kubeadm configuration, not Slipway's",
      hint: 'Write a cluster file: "apiVersion: slipway/v1", "kind: Cluster", a name, a version and the hosts.',
    }
  if (!apiVersion.startsWith('slipway/') && typeof kind === 'string' && kind !== 'Cluster')
    return {
      path: ['apiVersion'],
      what: `this is a Kubernetes object (${quoted(kind)}), not a cluster file`,
      hint: 'Manifests of your own are named in addons.manifests.',
    }
  return undefined
}

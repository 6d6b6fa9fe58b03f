/** Files of an earlier Kubernetes where ours will be. kubeadm: FileAvailable--<the path, "-" for "/">. */
import type { HostRole } from '../config/schema.ts'
import { type Check, everyRole, type Problem } from './types.ts'

const kubeletConf = '/etc/kubernetes/kubelet.conf'
const bootstrapConf = '/etc/kubernetes/bootstrap-kubelet.conf'
const caFile = '/etc/kubernetes/pki/ca.crt'
const manifests = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map(
  (name) => `/etc/kubernetes/manifests/${name}.yaml`,
)

/** By role, as `kubeadm init` and `kubeadm join` look for them. */
const wanted: Readonly<Record<HostRole, readonly string[]>> = {
  'control-plane': [...manifests, kubeletConf, bootstrapConf],
  worker: [kubeletConf, bootstrapConf, caFile],
}

const idOf = (path: string): string => `FileAvailable-${path.replaceAll('/', '-')}`

export const fileAvailable: Check = {
  ids: [idOf(kubeletConf), ...[bootstrapConf, caFile, ...manifests].map(idOf)],
  title: 'no files of another Kubernetes are in the way',
  roles: everyRole,
  run: ({ facts, host, ownership }) =>
    ownership.kind === 'ours'
      ? []
      : wanted[host.role].filter((path) => facts.paths[path] !== undefined).map(inTheWay),
}

const inTheWay = (path: string): Problem => ({
  id: idOf(path),
  severity: 'error',
  message: `${path} already exists, and it is not of this cluster`,
  remedy:
    "if the host is free, run `kubeadm reset` on it (or `slipway reset` from its cluster's folder); nothing is overwritten before",
})
